import type { LogExpr, RangeAggregation, Selector } from '@girok/query'
import { TENANT_LABEL, tenantsOf } from '../model/tenant.ts'
import type { StreamIndex } from '../store/store.ts'
import type { TimeSpan } from './pushdown/time.ts'

/** Which names of a selector are labels of streams, and which can only be fields of lines. */
interface Split {
  readonly labels: Selector
  readonly fields: Selector['matchers']
}

/**
 * Takes the matchers out of a selector whose name no stream of the tenant has as a label within the span: they are looked for
 * in the records themselves.
 */
export function splitSelector(index: StreamIndex, tenant: string, span: TimeSpan, selector: Selector): Split {
  const unknown = new Set(selector.matchers.map(({ name }) => name))
  unknown.delete(TENANT_LABEL)
  if (span.fromNs < span.toNs) {
    for (const one of tenantsOf(tenant)) {
      if (unknown.size === 0) break
      for (const { labels } of index.list(one, span.fromNs, span.toNs - 1n)) {
        for (const name of unknown) if (labels.has(name)) unknown.delete(name)
        if (unknown.size === 0) break
      }
    }
  }
  if (unknown.size === 0) return { labels: selector, fields: [] }
  return {
    labels: { ...selector, matchers: selector.matchers.filter(({ name }) => !unknown.has(name)) },
    fields: selector.matchers.filter(({ name }) => unknown.has(name)),
  }
}

/** The log query with what its selector says about fields as a first stage. */
export function withFieldMatchers(index: StreamIndex, tenant: string, span: TimeSpan, log: LogExpr): LogExpr {
  const { labels, fields } = splitSelector(index, tenant, span, log.selector)
  if (fields.length === 0) return log
  const stage = { kind: 'fieldMatch', matchers: fields, at: log.selector.at } as const
  return { ...log, selector: labels, stages: [stage, ...log.stages] }
}

/** As `withFieldMatchers` for a range aggregation. */
export function rangeWithFieldMatchers(
  index: StreamIndex,
  tenant: string,
  span: TimeSpan,
  node: RangeAggregation,
): RangeAggregation {
  const log = withFieldMatchers(index, tenant, span, node.range.log)
  return log === node.range.log ? node : { ...node, range: { ...node.range, log } }
}
