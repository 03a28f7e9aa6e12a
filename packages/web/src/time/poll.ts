/**
 * Calls `ask` at once and again `everyMs` after each answer, but not while the tab is hidden; when it is shown again, at
 * once. What `ask` throws is its own to tell. Answers what ends it, and a request that is under way.
 */
export function poll(everyMs: number, ask: (signal: AbortSignal) => Promise<void>): () => void {
  const abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = false
  const round = async (): Promise<void> => {
    clearTimeout(timer)
    if (document.hidden || asking || abort.signal.aborted) return
    asking = true
    try {
      await ask(abort.signal)
    } finally {
      asking = false
      if (!abort.signal.aborted) timer = setTimeout(() => void round(), everyMs)
    }
  }
  const shown = (): void => void round()
  document.addEventListener('visibilitychange', shown)
  void round()
  return () => {
    abort.abort()
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', shown)
  }
}
