import type { FieldsResponse } from '@girok/server/contract'
import { fetchFields } from '../../../api/girok.ts'
import { fetchLabels, fetchLabelValues } from '../../../api/loki.ts'
import { askedOnce } from '../../../explore/editor/asked-once.ts'
import { range } from '../model/explorer.ts'

/** Lines that the server looks at to find the fields of a query that is being written. */
const sampledLines = 500

/** The range on the page, so that what is offered is what the query will find. */
function span(): { readonly from: bigint; readonly to: bigint; readonly key: string } {
  const now = BigInt(Date.now()) * 1_000_000n
  const { from, to } = range.peek() ?? { from: now - 3_600_000_000_000n, to: now }
  return { from, to, key: range.peek() === undefined ? 'hour' : `${from} ${to}` }
}

/** Labels of the streams that a selector matches. */
export function knownLabels(selector: string): Promise<string[]> {
  const { from, to, key } = span()
  return askedOnce(`labels ${key} ${selector}`, [], () => fetchLabels(selector, from, to))
}

export function knownValues(label: string, selector: string): Promise<string[]> {
  const { from, to, key } = span()
  return askedOnce(`values ${key} ${label} ${selector}`, [], () => fetchLabelValues(label, selector, from, to))
}

/** Fields of the newest lines of a log query, with their commonest values. */
export function knownFields(query: string): Promise<FieldsResponse['fields']> {
  if (query === '') return Promise.resolve([])
  const { from, to, key } = span()
  return askedOnce(`fields ${key} ${query}`, [] as FieldsResponse['fields'], async () => {
    const answer = await fetchFields(query, from, to, sampledLines)
    return answer.fields
  })
}
