import { type LogExpr, type MetricExpr, matchesSelector, parseAndCheckLogQL, rangeNodesOf } from '@girok/query'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { labelSet, makeStream } from '../model/labels.ts'
import { setPromotedFields } from '../store/promoted.ts'
import type { IndexedStream } from '../store/store.ts'
import { DEFAULT_FIELDS, promotedField, storedFields } from '../store/stored-fields.ts'
import { extremeGroupings, planAggregate } from './metric/aggregate/plan.ts'
import { countColumns } from './pushdown/count.ts'
import { planRows, type RowPlan } from './row-plan.ts'

const STREAMS: readonly IndexedStream[] = [
  { job: 'api', service: 'gateway', host: 'h1' },
  { job: 'inference', service: 'vllm', host: 'g1' },
  { job: 'training', run: 'r1' },
  { job: 'system', gpu_id: '0' },
  { job: 'syslog', host: 'h1' },
].map((labels) => {
  const { id, labels: set } = makeStream('default', labelSet(Object.entries(labels)))
  return { id, labels: set, firstHour: 0, lastHour: 1 }
})

beforeAll(() => setPromotedFields(storedFields(DEFAULT_FIELDS).map(promotedField)))
afterAll(() => setPromotedFields([]))

function planned(log: LogExpr, query: string): RowPlan {
  const matches = matchesSelector(log.selector)
  return planRows(
    log,
    query,
    STREAMS.filter(({ labels }) => matches(labels)),
    STREAMS,
    true,
  )
}

/** How each range of a metric query is answered, or which rules filter the rows of a log query (`~`: a superset). */
function answered(query: string): string {
  const expr = parseAndCheckLogQL(query)
  if (expr.kind === 'log') {
    const { pushed, exact, quickConditions } = planned(expr, query)
    const rules = pushed.map((filter) => `${filter.rule}${filter.exact ? '' : '~'}`).join(' ')
    return `${exact ? 'exact' : quickConditions ? 'odd rows only' : 'rows'}: ${rules}`
  }
  const metric: MetricExpr = expr
  const extremes = extremeGroupings(metric)
  return rangeNodesOf(metric)
    .map((leaf) => {
      const plan = planned(leaf.node.range.log, query)
      if (countColumns(leaf.node, plan, leaf.sumGrouping)) return 'count'
      return planAggregate(leaf, extremes.get(leaf.node), plan) ? 'aggregate' : 'rows'
    })
    .join(' ')
}

/**
 * `count`, `aggregate`: answered by SQL but for odd rows. `rows`: the store filters, this process evaluates. Of log
 * queries: whether every row that SQL gives passes, every one but odd ones, or some.
 */
const CORPUS: readonly (readonly [query: string, answer: string])[] = [
  // The common workload
  ['{job="inference"}', 'exact: streams'],
  ['{job=~".+"} |= "req_00000dead"', 'exact: streams line-text'],
  ['sum(count_over_time({job=~".+"} |= "inference_response" [1m]))', 'count'],
  ['{job="syslog"} |~ `(?i)failed password.*from 10\\.0\\.7\\.`', 'exact: streams line-regex'],
  ['{job="api"} | json | status_code=500', 'odd rows only: streams json-field~'],
  ['{job="inference"} | json | latency_ms > 1500', 'odd rows only: streams json-field~'],
  ['avg_over_time({job="inference"} | json | unwrap latency_ms [1m]) by ()', 'aggregate'],
  ['quantile_over_time(0.95, {job="inference"} | json | unwrap latency_ms [1m]) by (model_name)', 'aggregate'],
  ['max by (gpu_id) (max_over_time({job="system"} | json | unwrap gpu_utilization [1m]) by (gpu_id))', 'aggregate'],
  ['sum by (job) (rate({job=~".+"}[1m]))', 'count'],
  ['sum by (path) (count_over_time({job="api"} | json | level="ERROR" [1m]))', 'aggregate'],
  // What an ML engineer asks
  ['{job="training"} | json | line_format "Step {{.step}}: Loss {{.loss}}"', 'exact: streams'],
  ['{job="training"} | json | loss < 0.1', 'odd rows only: streams json-field~'],
  ['{job="training"} | json | epoch="1"', 'rows: streams json-field~'],
  ['{job="inference"} | json | latency_ms > 1000', 'odd rows only: streams json-field~'],
  ['{job="system"} | json | temperature > 70', 'rows: streams json-field~'],
  ['sum(rate({job="inference"}[1m]))', 'count'],
  ['avg_over_time({job="inference"} | json | unwrap latency_ms [5m]) by (job)', 'aggregate'],
  ['quantile_over_time(0.95, {job="inference"} | json | unwrap latency_ms [5m]) by (job)', 'aggregate'],
  ['max_over_time({job="system"} | json | unwrap gpu_memory_percent [1m]) by (gpu_id) > 90', 'aggregate'],
  ['avg_over_time({job="training"} | json | unwrap loss [1m]) by (job)', 'aggregate'],
  ['avg_over_time({job="system"} | json | unwrap gpu_utilization [1m]) by (gpu_id)', 'aggregate'],
  ['max(max_over_time({job="system"} | json | unwrap gpu_memory_percent [1m]))', 'aggregate'],
  ['{job="inference"} | json | request_id="req_abc123"', 'rows: streams json-field~'],
  ['{service=~".+"} | json | level="ERROR" |= "out of memory"', 'odd rows only: streams json-field~ line-text'],
  // Each line is a series of its own: there is nothing to aggregate
  ['avg_over_time({job="inference"} | json | unwrap latency_ms [5m])', 'rows'],
  ['avg(max_over_time({job="system"} | json | unwrap gpu_memory_percent [1m]))', 'rows'],
  ['avg(rate({job="inference"} | json | unwrap latency_ms [5m]))', 'rows'],
  ['rate({job="training"} | json | unwrap loss [1m])', 'rows'],
  ['quantile_over_time(0.95, {job="inference"} | json | unwrap latency_ms [5m])', 'rows'],
  ['max by (gpu_id) (rate({job="system"} | json | unwrap gpu_utilization [1m]))', 'rows'],
  // Dashboards
  ['sum by (level, detected_level) (count_over_time({job="api"} |= "x" | drop __error__ [1m]))', 'count'],
  [
    'sum by (detected_level) (count_over_time({job="api"} | json | drop __error__, __error_details__ [1m]))',
    'aggregate',
  ],
  ['sum by (level) (count_over_time({job="api"} | json | logfmt | drop __error__, __error_details__ [1m]))', 'rows'],
  ['topk(10, sum by (path) (count_over_time({job="api"} | json | __error__="" [5m])))', 'aggregate'],
  ['sum(rate({job="api"} | json | status_code >= 500 [5m])) / sum(rate({job="api"}[5m]))', 'aggregate count'],
  ['sum by (path) (sum_over_time({job="api"} | json | unwrap duration_ms | __error__="" [5m]))', 'aggregate'],
  ['stddev_over_time({job="api"} | json | path="/a" | unwrap duration_ms [5m]) by (path)', 'aggregate'],
  ['last_over_time({job="training"} | json | unwrap loss [5m]) by (run)', 'aggregate'],
  ['sum by (status) (count_over_time({job="api"} | logfmt | status=~"5.." [5m]))', 'aggregate'],
  ['avg_over_time({job="api"} | logfmt | unwrap duration(took) | __error__="" [5m]) by (path)', 'aggregate'],
  ['sum(bytes_over_time({job=~".+"}[1m])) by (job)', 'count'],
  [
    'sum by (path) (count_over_time({job="api"} | json | level="ERROR" or status_code >= 500 [5m] offset 1h))',
    'aggregate',
  ],
  ['sum without (host) (count_over_time({job="api"} | json [1m]))', 'rows'],
  ['sum by (user) (count_over_time({job="api"} | json user="a.b" [1m]))', 'rows'],
  ['rate_counter({job="api"} | json | unwrap requests [1m])', 'rows'],
]

it.each(CORPUS)('%s', (query, answer) => {
  expect(answered(query)).toBe(answer)
})
