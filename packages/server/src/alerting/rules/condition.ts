import { QueryError } from '@girok/query'
import { REDUCERS, type Reducer } from './reducers.ts'

export type Comparison = '>' | '>=' | '<' | '<=' | '==' | '!='

/** What a reduced value must be for its series to be an alert. Bounds are excluded: `OUTSIDE 10 TO 90` leaves 10 and 90 out. */
export type Threshold =
  | { readonly op: Comparison; readonly value: number }
  | { readonly op: 'outside' | 'within'; readonly low: number; readonly high: number }

/** `last() > 90`: a reducer over the values of a series, and what its result is held against. */
export interface Condition {
  /** As it was written. */
  readonly text: string
  readonly reducer: Reducer
  readonly threshold: Threshold
}

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ...(['>', '>=', '<', '<=', '==', '!='] as const).map((op) => [op, op] as const),
  ['above', '>'],
  ['below', '<'],
])
const TOKEN = /\s*(?<token>[A-Za-z_]+|[<>=!]=?|[()]|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|\S)/uy

/**
 * Reads `[WHEN] REDUCER() [IS] OP NUMBER`, or after the reducer `[IS] ABOVE x`, `[IS] BELOW x`, `[IS] OUTSIDE a TO b`,
 * `[IS] WITHIN a TO b`. The case of words does not count. Throws a `QueryError` that says what was expected, and where.
 */
export function parseCondition(text: string): Condition {
  const words = new Words(text)
  words.take('when')
  const name = words.next()
  const reducer = REDUCERS.get(name.text.toLowerCase())
  if (reducer === undefined) {
    throw words.fault(name, `expected a reducer, one of ${[...REDUCERS.keys()].join(', ')}`)
  }
  words.expect('(')
  words.expect(')')
  words.take('is')
  const threshold = thresholdOf(words)
  const rest = words.next()
  if (rest.text !== '') throw words.fault(rest, 'expected the end of the condition')
  return { text: text.trim(), reducer, threshold }
}

function thresholdOf(words: Words): Threshold {
  const word = words.next()
  const op = COMPARISONS.get(word.text.toLowerCase())
  if (op !== undefined) return { op, value: words.number() }
  const range = word.text.toLowerCase()
  if (range !== 'outside' && range !== 'within') {
    throw words.fault(word, 'expected >, >=, <, <=, ==, !=, ABOVE, BELOW, OUTSIDE or WITHIN')
  }
  const low = words.number()
  words.expect('to')
  const place = words.peek()
  const high = words.number()
  if (low > high) throw words.fault(place, `the second bound must not be less than the first, ${low}`)
  return { op: range, low, high }
}

/** Whether a reduced value makes an alert. NaN never does. */
export function meets(threshold: Threshold, value: number): boolean {
  switch (threshold.op) {
    case '>':
      return value > threshold.value
    case '>=':
      return value >= threshold.value
    case '<':
      return value < threshold.value
    case '<=':
      return value <= threshold.value
    case '==':
      return value === threshold.value
    case '!=':
      return !Number.isNaN(value) && value !== threshold.value
    case 'outside':
      return value < threshold.low || value > threshold.high
    case 'within':
      return value > threshold.low && value < threshold.high
  }
}

interface Word {
  /** Empty at the end. */
  readonly text: string
  readonly offset: number
}

class Words {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  peek(): Word {
    TOKEN.lastIndex = this.#at
    const found = TOKEN.exec(this.#text)
    const token = found?.groups?.token ?? ''
    const end = found === null ? this.#text.length : TOKEN.lastIndex
    return { text: token, offset: end - token.length }
  }

  next(): Word {
    const word = this.peek()
    this.#at = word.offset + word.text.length
    return word
  }

  /** Steps over a word that may be left out. */
  take(word: string): void {
    if (this.peek().text.toLowerCase() === word) this.next()
  }

  expect(word: string): void {
    const found = this.next()
    if (found.text.toLowerCase() !== word) throw this.fault(found, `expected ${word.toUpperCase()}`)
  }

  number(): number {
    const word = this.next()
    const value = /\d/.test(word.text) ? Number(word.text) : Number.NaN
    if (Number.isNaN(value)) throw this.fault(word, 'expected a number')
    return value
  }

  fault({ text, offset }: Word, expected: string): QueryError {
    const before = this.#text.slice(0, offset).split('\n')
    const [line, column] = [before.length, [...(before.at(-1) ?? '')].length + 1]
    const found = text === '' ? 'the end' : JSON.stringify(text)
    return new QueryError(`${line}:${column}: ${expected}, not ${found}`, line, column)
  }
}
