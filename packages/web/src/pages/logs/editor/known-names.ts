import type { FieldsResponse } from '@girok/server/contract'
import { fetchFields } from '../../../api/girok.ts'
import { fetchLabels, fetchLabelValues } from '../../../api/loki.ts'
import { range } from '../model/explorer.ts'

/** Lines that the server looks at to find the fields of a query that is being written. */
const sampledLines = 500
/** What the server said is taken for true this long: typing asks the same again and again. */
const freshMs = 30_000
const mostAnswers = 100

interface Answer {
  readonly at: number
  readonly value: Promise<unknown>
}

const answers = new Map<string, Answer>()

/** Asks once for what is asked often. A refusal is not kept, and reads as `none`: completion is help, not an answer. */
async function ask<T>(key: string, none: T, load: () => Promise<T>): Promise<T> {
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

/** The range on the page, so that what is offered is what the query will find. */
function span(): { readonly from: bigint; readonly to: bigint; readonly key: string } {
  const now = BigInt(Date.now()) * 1_000_000n
  const { from, to } = range.peek() ?? { from: now - 3_600_000_000_000n, to: now }
  return { from, to, key: range.peek() === undefined ? 'hour' : `${from} ${to}` }
}

/** Labels of the streams that a selector matches. */
export function knownLabels(selector: string): Promise<string[]> {
  const { from, to, key } = span()
  return ask(`labels ${key} ${selector}`, [], () => fetchLabels(selector, from, to))
}

export function knownValues(label: string, selector: string): Promise<string[]> {
  const { from, to, key } = span()
  return ask(`values ${key} ${label} ${selector}`, [], () => fetchLabelValues(label, selector, from, to))
}

/** Fields of the newest lines of a log query, with their commonest values. */
export function knownFields(query: string): Promise<FieldsResponse['fields']> {
  if (query === '') return Promise.resolve([])
  const { from, to, key } = span()
  return ask(`fields ${key} ${query}`, [] as FieldsResponse['fields'], async () => {
    const answer = await fetchFields(query, from, to, sampledLines)
    return answer.fields
  })
}
