import {
  fetchLabelNames,
  fetchLabelValues,
  fetchMetadata,
  fetchMetricNames,
  type MetricMeta,
} from '../api/prometheus.ts'
import { askedOnce } from '../explore/editor/asked-once.ts'

/** The time that names are looked for in, Unix milliseconds. */
export interface NameSpan {
  readonly startMs: number
  readonly endMs: number
}

/** Names and values that a list can hold at most. */
const mostNames = 10_000
const mostValues = 2000

/** What is really there: the words that a query of this time can be written with. */
export interface KnownNames {
  metrics(): Promise<readonly string[]>
  meta(): Promise<ReadonlyMap<string, MetricMeta>>
  /** Labels of the series that a selector matches; '' for all. */
  labels(selector: string): Promise<readonly string[]>
  values(label: string, selector: string): Promise<readonly string[]>
}

const nothingTold: ReadonlyMap<string, MetricMeta> = new Map()

/** Names by the server, asked for once in a while. */
export function knownNames(span: () => NameSpan): KnownNames {
  const scope = (selector: string, limit: number) => ({ ...span(), match: selector || undefined, limit })
  const key = (): string => JSON.stringify(span())
  return {
    metrics: () => askedOnce(`metrics ${key()}`, [], () => fetchMetricNames(scope('', mostNames))),
    meta: () => askedOnce('metadata', nothingTold, () => fetchMetadata()),
    labels: (selector) =>
      askedOnce(`promql labels ${key()} ${selector}`, [], () => fetchLabelNames(scope(selector, mostNames))),
    values: (label, selector) =>
      askedOnce(`promql values ${key()} ${label} ${selector}`, [], () =>
        fetchLabelValues(label, scope(selector, mostValues)),
      ),
  }
}
