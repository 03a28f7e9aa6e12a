/**
 * Runs `work` and calls one of the two when it is over: at once, or when the promise that it gave settles. What `work`
 * gives is given as it is, so that thenables stay what they are; what it throws is thrown.
 */
export function settle<T>(work: () => T, done: () => void, failed: (error: unknown) => void): T {
  let result: T
  try {
    result = work()
  } catch (error) {
    failed(error)
    throw error
  }
  if (!(result instanceof Promise)) {
    done()
    return result
  }
  // Not `return result.then(…)`: a promise of its own is the caller's, and this one never rejects unseen.
  result.then(done, failed)
  return result
}
