import { pause } from '../backpressure.ts'
import type { ReceiverPull } from '../receiver.ts'
import type { ListenEnvironment } from './open-listener.ts'

const FIRST_WAIT_MS = 1000
const LAST_WAIT_MS = 30_000

/** A source that the server fetches from. */
export interface RunningPull {
  readonly name: string
  readonly address: string
  readonly connected: () => boolean
  /** Why it is not connected, if it has failed. */
  readonly error: () => string | undefined
  /** Resolves when what was begun is finished. */
  readonly stop: () => Promise<void>
}

/** Runs a pull, and again after it failed: after 1 s, then twice as long each time, up to 30 s. */
export function startPull(
  pull: ReceiverPull,
  { receiver, context, shutdownTimeoutMs }: ListenEnvironment,
): RunningPull {
  const stopping = new AbortController()
  let connected = false
  let error: string | undefined
  let waitMs = FIRST_WAIT_MS

  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await pull.run(stopping.signal, {
          connected: () => {
            connected = true
            error = undefined
            waitMs = FIRST_WAIT_MS
          },
        })
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        // Once, not every half minute while the far end is away.
        if (reason !== error) {
          const what = { address: pull.address, reason, ...(isFault(cause) && { error: cause }) }
          context.log('warning', `receivers.${receiver}: ${pull.name} failed`, what)
        }
        error = reason
      }
      connected = false
      if (!(await pause(waitMs, stopping.signal))) return
      waitMs = Math.min(LAST_WAIT_MS, waitMs * 2)
    }
  })()

  return {
    name: pull.name,
    address: pull.address,
    connected: () => connected,
    error: () => error,
    async stop() {
      stopping.abort()
      const cutOff = new AbortController()
      await Promise.race([running, pause(shutdownTimeoutMs, cutOff.signal)])
      cutOff.abort()
    },
  }
}

/** Faults of the program need their stack in the log; of a far end that is away or refuses the reason says all. */
function isFault(cause: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => cause instanceof kind)
}
