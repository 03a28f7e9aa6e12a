import { compileMatcher, type Matcher, parseSelector, type Selector } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import { labelSet } from '../../model/labels.ts'
import { METRIC_NAME } from '../../model/sample-batch.ts'
import { TENANT_LABEL, tenantsOf } from '../../model/tenant.ts'
import type { SeriesIndex } from '../../store/samples/sample-store.ts'
import type { IndexedStream } from '../../store/store.ts'

const NS_PER_MS = 1_000_000n
/** A metric's name before the braces, which alone may hold colons. */
const METRIC = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?=\{|$)/

/** A series of the index, and whose it is. */
export interface SelectedSeries extends IndexedStream {
  readonly tenant: string
}

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

/**
 * The series of a tenant that all matchers fit and that have samples in the range (to the hour: a superset). Of several
 * tenants (`a|b`) each series has a label that names its own.
 */
export function selectSeries(
  index: SeriesIndex,
  tenant: string,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  { matchers }: { readonly matchers: readonly Matcher[] },
): SelectedSeries[] {
  const tests = matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) }))
  const ofName = tests.filter(({ name }) => name === METRIC_NAME).map(({ test }) => test)
  const others = tests.filter(({ name }) => name !== METRIC_NAME)
  const named = matchers.find(({ name, op, value }) => name === METRIC_NAME && op === '=' && value !== '')?.value
  const startNs = BigInt(Math.max(0, Math.ceil(startMs))) * NS_PER_MS
  const endNs = BigInt(Math.floor(endMs)) * NS_PER_MS
  const tenants = tenantsOf(tenant)
  const found: SelectedSeries[] = []
  if (endNs < startNs) return found
  for (const one of tenants) {
    for (const metric of named === undefined ? index.metrics(one) : [named]) {
      // Names come by the thousand, series by the hundred thousand.
      if (!ofName.every((test) => test(metric))) continue
      for (const { id, labels: own, firstHour, lastHour } of index.list(one, startNs, endNs, metric)) {
        const labels = tenants.length === 1 ? own : labelSet([...own, [TENANT_LABEL, one]])
        if (others.every(({ name, test }) => test(labels.get(name) ?? ''))) {
          found.push({ id, tenant: one, labels, firstHour, lastHour })
        }
      }
    }
  }
  return found
}
