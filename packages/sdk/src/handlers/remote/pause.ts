type Timer = ReturnType<typeof setTimeout> & { unref?: () => void }

/** A wait that can be cut short. One at a time. */
export interface Pause {
  /** Resolves after this time, or when it is ended. Keeps no process alive. */
  wait(ms: number): Promise<void>
  end(): void
}

export function createPause(): Pause {
  let end = () => {}
  return {
    wait(ms) {
      return new Promise((resolve) => {
        // Node's timers take 2^31 - 1 ms at most and fire at once for more.
        const timer: Timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1))
        timer.unref?.()
        end = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    },
    end: () => end(),
  }
}
