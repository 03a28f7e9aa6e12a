import { dispatch } from './commands/dispatch.ts'

/** Runs a command line of `girok-agent` (without the program's name) in this process; resolves to the exit code. */
export async function runAgentProgram(argv: readonly string[], interrupted: AbortSignal): Promise<number> {
  return dispatch(argv, {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    interrupted,
    onHangup: (listener) => {
      process.on('SIGHUP', listener)
      return () => process.off('SIGHUP', listener)
    },
  })
}
