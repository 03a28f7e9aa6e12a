import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'

/** What a program is started with. */
export interface Program {
  readonly command: string
  readonly args: readonly string[]
  /** Added to the environment of the agent. */
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly cwd?: string | undefined
}

export interface Outcome {
  /** Null when a signal ended it or it could not be started. */
  readonly exitCode: number | null
  readonly durationMs: number
  /** Why there is no answer, in words for users; undefined when the program ended by itself, however. */
  readonly fault: string | undefined
  /** The program is not on this machine. */
  readonly missing: boolean
}

/** Takes a chunk; while the promise is pending, the program's pipe is left full. */
export type TakeChunk = (chunk: Buffer) => Promise<void> | undefined

export interface Streams {
  readonly stdout: TakeChunk
  readonly stderr: TakeChunk
}

/** When the agent stops, programs may end by themselves within this, so that nothing they wrote is lost. */
const GRACE_MS = 2000

/** Programs that were killed and have not ended: a driver that hangs keeps even those. */
const hanging = new Set<string>()

/**
 * Runs a program to its end. Never rejects. By the signal it is asked to end, and killed soon after; when its time is over
 * it is killed at once, with everything it started. One that does not even die is not waited for, and not started again
 * before it is gone.
 *
 * @param timeoutMs undefined: it may run for ever
 * @param streams take what it writes
 */
export function runProgram(
  program: Program,
  timeoutMs: number | undefined,
  signal: AbortSignal,
  streams: Streams,
): Promise<Outcome> {
  const { command, args } = program
  const beganMs = performance.now()
  const identity = JSON.stringify([command, args])
  const outcome = (exitCode: number | null, fault?: string, missing = false): Outcome => ({
    exitCode,
    durationMs: performance.now() - beganMs,
    fault,
    missing,
  })
  if (hanging.has(identity)) {
    return Promise.resolve(outcome(null, `${command} was killed earlier and still hangs`))
  }
  if (signal.aborted) return Promise.resolve(outcome(null, 'stopped'))
  return new Promise((resolve) => {
    let child: ChildProcess
    try {
      child = spawn(command, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, so that what a shell started ends with it.
        detached: true,
        env: { ...process.env, ...program.env },
        cwd: program.cwd,
      })
    } catch (error) {
      // An argument with a NUL byte, no memory for a process.
      return resolve(outcome(null, `${command} cannot be started: ${(error as Error).message}`))
    }
    let timer: ReturnType<typeof setTimeout> | undefined
    let settled = false
    const settle = (result: Outcome) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      resolve(result)
    }
    const kill = (fault: string) => {
      if (settled) return
      endGroup(child, 'SIGKILL')
      if (child.exitCode === null && child.signalCode === null) {
        hanging.add(identity)
        child.once('exit', () => hanging.delete(identity))
      }
      child.stdout?.destroy()
      child.stderr?.destroy()
      settle(outcome(null, fault))
    }
    const stop = () => {
      clearTimeout(timer)
      endGroup(child, 'SIGTERM')
      timer = setTimeout(() => kill('stopped'), GRACE_MS)
    }
    signal.addEventListener('abort', stop)
    if (timeoutMs !== undefined)
      timer = setTimeout(() => kill(`${command} took longer than ${timeoutMs} ms`), timeoutMs)
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return
      const { cwd } = program
      if (error.code === 'ENOENT' && cwd !== undefined && !existsSync(cwd)) {
        settle(outcome(null, `the folder ${cwd}, in which ${command} is to be run, is not there`, true))
      } else if (error.code === 'ENOENT') settle(outcome(null, `${command} is not there`, true))
      else settle(outcome(null, `${command} cannot be started: ${error.message}`))
    })
    child.on('close', (code, by) => settle(outcome(code, code === null ? `${command} was ended by ${by}` : undefined)))
    // A child in the background may keep the pipes open for ever; the program itself is over.
    child.on('exit', () => endGroup(child, 'SIGKILL'))
    child.stdout?.on('data', taking(child.stdout, streams.stdout))
    child.stderr?.on('data', taking(child.stderr, streams.stderr))
  })
}

function taking(pipe: Readable, take: TakeChunk): (chunk: Buffer) => void {
  return (chunk) => {
    const room = take(chunk)
    if (room === undefined) return
    pipe.pause()
    void room.then(() => pipe.resume())
  }
}

function endGroup({ pid }: ChildProcess, by: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, by)
  } catch (error) {
    // Gone already, or it took another user's rights: then the pipes are closed and it is told to hang.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

/** Keeps the beginning of what is written, at most so many bytes. */
export class Beginning {
  readonly #maxBytes: number
  readonly #parts: Buffer[] = []
  #length = 0
  /** Whether more was written than is kept. */
  cut = false

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  readonly add = (chunk: Buffer): undefined => {
    const kept = chunk.subarray(0, this.#maxBytes - this.#length)
    this.cut ||= kept.length < chunk.length
    if (kept.length === 0) return
    this.#parts.push(kept)
    this.#length += kept.length
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }

  /** On one line, for messages. */
  words(): string {
    return this.bytes().toString('utf8').trim().replaceAll(/\s+/g, ' ').slice(0, 300)
  }
}
