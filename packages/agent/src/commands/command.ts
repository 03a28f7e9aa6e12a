import type { ParseArgsConfig } from 'node:util'

/** Everything a command sees of the world outside; tests put their own in place. */
export interface AgentIo {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal
  /** Calls back on each SIGHUP until the returned function is called. */
  readonly onHangup: (listener: () => void) => () => void
}

export interface Flag {
  readonly type: 'string' | 'boolean'
  /** May be given several times. */
  readonly multiple?: boolean
  /** What stands for the value in help. */
  readonly value?: string
  readonly summary: string
}

export interface CommandContext {
  readonly io: AgentIo
  readonly flags: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>
  readonly words: readonly string[]
}

/** One command of `girok-agent`: one file and one line of `index.ts`. */
export interface AgentCommand {
  readonly name: string
  readonly summary: string
  /** Words after the name: `FILE`. */
  readonly words?: string
  readonly flags: Readonly<Record<string, Flag>>
  readonly examples: readonly (readonly [command: string, meaning: string])[]
  /** Resolves to the exit code; throws ConfigProblem or UsageProblem for what users can mend. */
  readonly run: (context: CommandContext) => Promise<number>
}

/** Declares a command. */
export function defineCommand(command: AgentCommand): AgentCommand {
  return command
}

/** A command line that makes no sense. */
export class UsageProblem extends Error {
  override readonly name = 'UsageProblem'
}

export const EXIT = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const

/** Flags as node:util reads them. */
export function parseOptions(flags: AgentCommand['flags']): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, { type, multiple }]) => [name, { type, ...(multiple && { multiple }) }]),
  )
}
