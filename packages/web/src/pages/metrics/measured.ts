import { QueryError } from '@girok/query'
import { parsePromQL } from '@girok/query/promql'
import type { MetricMeta } from '../../api/prometheus.ts'
import type { Measure } from '../../charts/unit-of-query.ts'
import { measureOfPromQL } from '../../promql/measure.ts'
import { selectorText } from '../../promql/selector-text.ts'

const nothingTold: ReadonlyMap<string, MetricMeta> = new Map()

/** What the numbers of a query measure; in no unit when it cannot be read. */
export function measureOf(query: string, meta: ReadonlyMap<string, MetricMeta> = nothingTold): Measure {
  try {
    return measureOfPromQL(parsePromQL(query), meta)
  } catch (error) {
    if (error instanceof QueryError) return { unit: 'none', factor: 1 }
    throw error
  }
}

/** What the observations measure that a part of a histogram counts. */
export function observedBy(metric: string, meta: ReadonlyMap<string, MetricMeta> = nothingTold): Measure {
  return measureOf(selectorText(metric.replace(/_(?:bucket|count|sum)$/, ''), []), meta)
}
