import { matchesSelector, parseSelector, type Selector } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import { METRIC_NAME } from '../../model/sample-batch.ts'
import type { SeriesIndex } from '../../store/samples/sample-store.ts'
import type { IndexedStream } from '../../store/store.ts'

const NS_PER_MS = 1_000_000n
/** A metric's name before the braces, which alone may hold colons. */
const METRIC = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?=\{|$)/

/**
 * Reads a series selector: `metric`, `metric{label="value"}` or `{label=~"regex"}`. Expressions match whole values, as RE2.
 * Throws `bad_request` when the name is given twice, a QueryError for all else that is wrong.
 */
export function parseSeriesSelector(text: string): Selector {
  const found = METRIC.exec(text)
  const metric = found?.[1]
  if (found === null || metric === undefined) return parseSelector(text)
  const rest = text.slice(found[0].length).trim()
  const selector = parseSelector(rest === '' ? '{}' : rest, { allowEmpty: true })
  if (selector.matchers.some(({ name }) => name === METRIC_NAME)) {
    throw new GirokError('bad_request', `metric name must not be set twice: "${metric}" and a matcher of __name__`)
  }
  const named = parseSelector(`{${METRIC_NAME}=${JSON.stringify(metric)}}`)
  return { ...selector, matchers: [...named.matchers, ...selector.matchers] }
}

/** The series of a tenant that a selector matches and that have samples in the range (to the hour: a superset). */
export function selectSeries(
  index: SeriesIndex,
  tenant: string,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  selector: Selector,
): IndexedStream[] {
  const metric = selector.matchers.find(
    ({ name, op, value }) => name === METRIC_NAME && op === '=' && value !== '',
  )?.value
  const matches = matchesSelector(selector)
  const found: IndexedStream[] = []
  const startNs = BigInt(Math.ceil(startMs)) * NS_PER_MS
  const endNs = BigInt(Math.floor(endMs)) * NS_PER_MS
  for (const series of index.list(tenant, startNs, endNs, metric)) if (matches(series.labels)) found.push(series)
  return found
}
