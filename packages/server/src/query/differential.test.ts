import {
  compilePipeline,
  evaluateMetric,
  evaluateRange,
  type Grid,
  type LogRow,
  type MetricExpr,
  type MetricValue,
  matchesSelector,
  parseAndCheckLogQL,
  rangeNodesOf,
} from '@girok/query'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { labelSet, labelsText } from '../model/labels.ts'
import { setPromotedFields } from '../store/promoted.ts'
import { DEFAULT_FIELDS, fillingSql, promotedField, syncFields } from '../store/stored-fields.ts'
import { createQueryEngine } from './create-engine.ts'
import type { LogsRequest, MetricRequest, QueryEngine, ResultEntry } from './engine.ts'
import { inOrderOfLabels, labelsOrder } from './label-order.ts'
import { type EmbeddedStore, openEmbeddedStore, type TestRecord } from './testing/embedded-store.ts'
import { generateAggregateQuery } from './testing/generate-aggregates.ts'
import { generateFieldQuery, generateLogQuery, generateMetricQuery } from './testing/generate-queries.ts'
import { generateRecords } from './testing/generate-records.ts'
import { type Random, seededRandom } from './testing/random.ts'

/** GIROK_TEST_SEED repeats a run that failed; GIROK_TEST_QUERIES makes it longer. */
const SEED = Number(process.env.GIROK_TEST_SEED ?? Date.now() % 1_000_000)
const QUERIES = Number(process.env.GIROK_TEST_QUERIES ?? 500)
/** The share of queries that SQL should aggregate; of the others, the share of metric queries that ask for fields. */
const AGGREGATE_SHARE = Number(process.env.GIROK_TEST_AGGREGATE_SHARE ?? 0.35)
const FIELD_SHARE = Number(process.env.GIROK_TEST_FIELD_SHARE ?? 0.3)
const RECORDS = 1600
const SECOND = 1_000_000_000n
/** Shortly before midnight, so that records lie in two partitions. */
const START = 1_700_006_400n * SECOND - 400n * SECOND
const SPAN_SECONDS = 900

let store: EmbeddedStore
let engine: QueryEngine
let rows: (LogRow & { readonly text: string })[]
let random: Random

beforeAll(async () => {
  console.log(`seed ${SEED}`)
  random = seededRandom(SEED)
  store = await openEmbeddedStore()
  // With an odd seed some fields have columns of their own.
  const fields = await syncFields(store.driver, SEED % 2 === 1 ? DEFAULT_FIELDS : {})
  setPromotedFields(fields.map(promotedField))
  engine = createQueryEngine({ store, limits: { maxSeries: 0 } })
  const records = generateRecords(random, RECORDS, START, SPAN_SECONDS)
  await store.put(records.slice(0, 800))
  await store.put(records.slice(800, 1300))
  // Of the rest the columns of fields hold nothing, and of the last hundred nothing at all is known.
  if (fields.length > 0) await store.driver.command(`${fillingSql(fields)} SETTINGS mutations_sync = 1`)
  await store.put(records.slice(1300, 1500))
  await store.put(records.slice(1500), true)
  rows = asStored(records)
})
afterAll(async () => {
  setPromotedFields([])
  await store.close()
})

/** The records as the evaluator sees them, in order of time, stream text, arrival. */
function asStored(records: readonly TestRecord[]): (LogRow & { readonly text: string })[] {
  const streams = new Map<string, LogRow['stream']>()
  return records
    .map((record) => {
      const labels = labelSet(Object.entries(record.labels))
      const text = labelsText(labels)
      const stream = streams.get(text) ?? labels
      streams.set(text, stream)
      const metadata = [...(record.metadata ?? [])]
      if (record.level) metadata.push(['detected_level', record.level])
      return { timeNs: record.timeNs, stream, text, metadata, line: record.line }
    })
    .sort((a, b) =>
      a.timeNs === b.timeNs ? (a.text < b.text ? -1 : a.text > b.text ? 1 : 0) : a.timeNs < b.timeNs ? -1 : 1,
    )
}

function expectedLogs(request: LogsRequest): string[] {
  const expr = parseAndCheckLogQL(request.query)
  if (expr.kind !== 'log') throw new Error('not a log query')
  const selects = matchesSelector(expr.selector)
  const pipeline = compilePipeline(expr)
  const inRange = rows.filter(
    ({ timeNs, stream }) => timeNs >= request.startNs && timeNs < request.endNs && selects(stream),
  )
  const ordered = request.direction === 'forward' ? inRange : backwards(inRange)
  const found: ResultEntry[] = []
  for (const row of ordered) {
    const entry = pipeline.process(row)
    if (entry) found.push(entry)
    if (found.length === request.limit) break
  }
  return found.map(shownEntry)
}

/** Newest first, yet rows of one time in the same order as ever. */
function backwards<T extends LogRow>(ascending: readonly T[]): T[] {
  return [...ascending].sort((a, b) => (a.timeNs === b.timeNs ? 0 : a.timeNs > b.timeNs ? -1 : 1))
}

function shownEntry({ timeNs, line, stream, metadata, parsed }: ResultEntry): string {
  return `${timeNs} ${JSON.stringify(line)} ${[stream, metadata, parsed].map(labelsOrder).join(' ')}`
}

function expectedMetric(request: MetricRequest): string[] {
  const expr = parseAndCheckLogQL(request.query) as MetricExpr
  const instant = request.startNs === request.endNs
  const grid: Grid = {
    startNs: request.startNs,
    stepNs: instant ? 0n : request.stepNs,
    count: instant ? 1 : Number((request.endNs - request.startNs) / request.stepNs) + 1,
  }
  const answers = new Map<MetricExpr, MetricValue>()
  for (const { node, sumGrouping } of rangeNodesOf(expr)) {
    const selects = matchesSelector(node.range.log.selector)
    const selected = rows.filter(({ stream }) => selects(stream))
    const series = evaluateRange(node, grid, selected, sumGrouping ? { sumGrouping } : {})
    answers.set(node, { kind: 'vector', series: inOrderOfLabels(series), ordered: false })
  }
  return shownValue(evaluateMetric(expr, grid, (node) => answers.get(node)))
}

function shownValue(value: MetricValue): string[] {
  if (value.kind === 'scalar') return [`scalar ${[...value.values].join(' ')}`]
  const series = value.series.filter(({ present }) => present.includes(1))
  return (value.ordered ? series : inOrderOfLabels(series)).map(
    ({ labels, values, present }) =>
      `${labelsOrder(labels)} ${[...values].map((v, k) => (present[k] ? v : '_')).join(' ')}`,
  )
}

/** Sums may be formed in another order: numbers that are equal but for rounding take the expected one's place. */
function rounded(answer: readonly string[], expected: readonly string[]): string[] {
  return answer.map((line, i) => {
    const wanted = expected[i]?.split(' ') ?? []
    const given = line.split(' ')
    if (given.length !== wanted.length) return line
    return given.map((word, n) => (isNear(word, wanted[n] as string) ? wanted[n] : word)).join(' ')
  })
}

function isNear(word: string, wanted: string): boolean {
  const [a, b] = [Number(word), Number(wanted)]
  return Math.abs(a - b) <= 1e-9 * Math.max(1e-3, Math.abs(a), Math.abs(b))
}

async function outcome(work: () => string[] | Promise<string[]>): Promise<string[]> {
  try {
    return await work()
  } catch (error) {
    return [`error: ${(error as Error).message}`]
  }
}

function logsRequest(query: string): LogsRequest {
  const from = random.below(SPAN_SECONDS)
  const to = random.chance(0.5) ? SPAN_SECONDS : from + random.below(SPAN_SECONDS - from + 1)
  return {
    tenant: 'default',
    query,
    startNs: START + BigInt(random.chance(0.5) ? 0 : from) * SECOND,
    endNs: START + BigInt(to) * SECOND + (random.chance(0.2) ? 1n : 0n),
    limit: random.pick([1, 3, 20, 100, 5000]),
    direction: random.pick(['forward', 'backward']),
  }
}

function metricRequest(query: string): MetricRequest {
  const startNs =
    START + BigInt(Math.round(random.below(SPAN_SECONDS) / 10) * 10) * SECOND + (random.chance(0.2) ? 1n : 0n)
  const stepNs = random.pick([10n * SECOND, 60n * SECOND, 7n * SECOND, 1_500_000_000n, 3600n * SECOND])
  const steps = random.chance(0.12) ? 0 : random.below(30)
  return { tenant: 'default', query, startNs, stepNs, endNs: startNs + stepNs * BigInt(steps) }
}

it(`gives the same answer with and without push-down, and as the evaluator alone (${QUERIES} queries)`, async () => {
  let errors = 0
  let empty = 0
  let differing = 0
  let aggregated = 0
  for (let n = 0; n < QUERIES; n++) {
    let run: (pushdown: boolean) => Promise<string[]>
    let expected: () => string[]
    let request: LogsRequest | MetricRequest
    const aggregates = random.chance(AGGREGATE_SHARE)
    if (!aggregates && random.chance(0.6 * (1 - FIELD_SHARE))) {
      const logs = logsRequest(generateLogQuery(random))
      request = logs
      expected = () => expectedLogs(logs)
      run = async (pushdown) => (await engine.logs({ ...logs, pushdown })).entries.map(shownEntry)
    } else {
      const metric = metricRequest(
        aggregates
          ? generateAggregateQuery(random)
          : random.chance(FIELD_SHARE)
            ? generateFieldQuery(random)
            : generateMetricQuery(random),
      )
      request = metric
      expected = () => expectedMetric(metric)
      run = async (pushdown) => shownValue((await engine.metric({ ...metric, pushdown })).value)
    }
    const alone = await outcome(expected)
    store.takeStatements()
    const [pushed, plain] = await Promise.all([outcome(() => run(true)), outcome(() => run(false))])
    const statements = store.takeStatements()
    if (statements.some((sql) => sql.includes(') AS odd'))) aggregated++
    if (alone[0]?.startsWith('error: ')) errors++
    else if (alone.length === 0) empty++
    else differing++
    const context = `seed ${SEED}, query ${n}: ${request.query}\n${JSON.stringify(request, (_key, v) => (typeof v === 'bigint' ? String(v) : v))}\n${statements.join('\n')}`
    expect(rounded(pushed, alone), `pushed down: ${context}`).toEqual(alone)
    expect(plain, `by rows: ${context}`).toEqual(alone)
  }
  console.log(`${differing} answers, ${empty} empty, ${errors} errors; ${aggregated} aggregated in SQL`)
  expect(differing).toBeGreaterThan(QUERIES / 3)
}, 600_000)
