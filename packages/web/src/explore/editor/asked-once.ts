/** What the server said is taken for true this long: typing asks the same again and again. */
const freshMs = 30_000
const mostAnswers = 100

interface Answer {
  readonly at: number
  readonly value: Promise<unknown>
}

const answers = new Map<string, Answer>()

/** Asks once for what is asked often. A refusal is not kept, and reads as `none`: completion is help, not an answer. */
export async function askedOnce<T>(key: string, none: T, load: () => Promise<T>): Promise<T> {
  const known = answers.get(key)
  if (known !== undefined && Date.now() - known.at < freshMs) return known.value as Promise<T>
  const value = load().catch(() => {
    answers.delete(key)
    return none
  })
  answers.delete(key)
  answers.set(key, { at: Date.now(), value })
  for (const oldest of answers.keys()) {
    if (answers.size <= mostAnswers) break
    answers.delete(oldest)
  }
  return value
}
