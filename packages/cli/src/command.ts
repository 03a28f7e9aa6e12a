import type { Client } from './client.ts'
import type { Flags, FlagTable } from './flags.ts'
import type { Io } from './io.ts'
import type { Writer } from './output/writer.ts'

export interface CommandContext {
  readonly io: Io
  readonly flags: Flags
  readonly words: readonly string[]
  readonly out: Writer
  /** For what is not a result: progress, warnings. */
  readonly note: (text: string) => void
  /** The server that --url, --token and --tenant name. */
  readonly client: () => Client
}

/** One command of `girok`. */
export interface Command {
  readonly name: string
  /** One line. */
  readonly summary: string
  /** Words after the name: `QUERY`, `[FILE …]`. */
  readonly words?: string
  /** First words that there are, for commands such as `token create`. */
  readonly actions?: Readonly<Record<string, string>>
  readonly flags: FlagTable
  /** Talks to a running server, so that --url, --token and --tenant mean something. */
  readonly remote?: boolean
  /** Everything behind the name, flags included, is a word: another program reads it. */
  readonly passesOn?: boolean
  readonly examples: readonly (readonly [command: string, meaning: string])[]
  /** Resolves to the exit code; throws Failure for what users can mend. */
  readonly run: (context: CommandContext) => Promise<number>
}

/** Declares a command; only there to infer types. */
export function defineCommand(command: Command): Command {
  return command
}
