/** Exit codes of the command. */
export const EXIT = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const

/** A command that cannot go on; the message is for the user, one sentence. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT.failure) {
    super(message)
    this.exitCode = exitCode
  }
}

/** The command line itself is wrong. */
export class UsageError extends Failure {
  constructor(message: string) {
    super(message, EXIT.usage)
  }
}

/** The reader of stdout is gone (`girok query … | head`): there is nothing left to do, and nothing is wrong. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}
