import type { Readable, Writable } from 'node:stream'

/** Everything a command sees of the world outside; tests put their own in place. */
export interface Io {
  readonly stdin: Readable
  /** Replaces standard input by nothing, for the rest of the process: not even native code can read it afterwards. */
  readonly giveUpStdin: () => void
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly terminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal
}

/** Whether to colour what goes to stdout. See no-color.org. */
export function wantsColour(io: Io): boolean {
  return io.terminal.stdout && !io.env.NO_COLOR && io.env.TERM !== 'dumb'
}
