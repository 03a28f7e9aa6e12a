import { utf8Length } from '../../text/quantity.ts'
import type { ProcessEntry } from '../entry.ts'
import type { MetricDefinition, MetricWriter } from '../metric.ts'
import { isObject, StageOptions } from '../options.ts'
import { StageProblem, shownValue } from '../problem.ts'
import { defineStage, type RunServices } from '../stage.ts'
import { numberOfValue, textOfValue } from '../value.ts'

type Action = 'inc' | 'dec' | 'add' | 'sub' | 'set' | 'observe'

const ACTIONS: Readonly<Record<MetricDefinition['kind'], readonly Action[]>> = {
  counter: ['inc', 'add'],
  gauge: ['set', 'inc', 'dec', 'add', 'sub'],
  histogram: ['observe'],
}

interface LineMetric {
  readonly definition: MetricDefinition
  readonly action: Action
  readonly source: string
  /** Only lines whose value is this. */
  readonly value: string | undefined
  /** All lines, whatever was extracted. */
  readonly matchAll: boolean
  readonly countBytes: boolean
}

const KINDS = ['counter', 'gauge', 'histogram'] as const
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const DEFAULT_IDLE_MS = 300_000
const METRIC_NAME = /^[A-Za-z_:][A-Za-z0-9_:]*$/

/** `metrics`: counts lines, or measures by extracted values; series have the labels of the entries. */
export const metrics = defineStage({
  name: 'metrics',
  summary: 'Makes counters, gauges and histograms of lines',
  example: {
    log_lines_total: { type: 'counter', description: 'Lines', config: { matchAll: true, action: 'inc' } },
    response_seconds: { type: 'histogram', source: 'took', config: { buckets: [0.1, 1, 10] } },
  },
  compile: (given, { at }) => {
    if (!isObject(given) || Object.keys(given).length === 0) {
      throw new StageProblem(
        at,
        'names no metric: write metrics: {lines_total: {type: counter, config: {action: inc, matchAll: true}}}',
      )
    }
    const found = Object.entries(given).map(([name, options]) => readMetric(name, options, `${at}.${name}`))
    return {
      metrics: found.map(({ definition }) => definition),
      open: (services) => {
        const observers = found.map((metric) => observer(metric, services))
        return (entry) => {
          for (const observe of observers) observe(entry)
          return true
        }
      },
    }
  },
})

function readMetric(name: string, given: unknown, at: string): LineMetric {
  const options = new StageOptions(given, at, ['type', 'description', 'source', 'prefix', 'maxIdleDuration', 'config'])
  const kind = options.choice('type', KINDS)
  if (kind === undefined) throw options.problem('type', `is missing: give one of ${KINDS.join(', ')}`)
  const fullName = (options.text('prefix') ?? '') + name
  if (!METRIC_NAME.test(fullName))
    throw new StageProblem(at, `${shownValue(fullName)} is no name of a metric: letters, digits, _ and : only`)
  const config = new StageOptions(options.raw('config'), options.path('config'), [
    ...['matchAll', 'action', 'value', 'countEntryBytes', 'buckets'],
  ])
  const matchAll = config.flag('matchAll', false)
  const countBytes = config.flag('countEntryBytes', false)
  const value = config.text('value')
  const chosen = config.choice('action', ACTIONS[kind])
  if (chosen === undefined && kind !== 'histogram')
    throw config.problem('action', `is missing: give one of ${ACTIONS[kind].join(', ')}`)
  const action = chosen ?? 'observe'
  if (countBytes && !(matchAll && action === 'add'))
    throw config.problem('countEntryBytes', 'needs matchAll: true and action: add')
  if (matchAll && value !== undefined) throw config.problem('value', 'cannot stand beside matchAll: true')
  if (matchAll && !countBytes && action !== 'inc' && action !== 'dec') {
    throw config.problem(
      'matchAll',
      `needs action: inc, or countEntryBytes: true with action: add, because lines as such have no value to ${action}`,
    )
  }
  if (config.has('buckets') && kind !== 'histogram') throw config.problem('buckets', 'belongs to histograms only')
  return {
    definition: {
      name: fullName,
      kind,
      help: options.text('description') ?? '',
      buckets: kind === 'histogram' ? readBuckets(config) : [],
      maxIdleMs: options.durationMs('maxIdleDuration') ?? DEFAULT_IDLE_MS,
    },
    action,
    source: options.text('source') ?? name,
    value,
    matchAll,
    countBytes,
  }
}

function readBuckets(config: StageOptions): readonly number[] {
  const given = config.raw('buckets')
  if (given === undefined) return DEFAULT_BUCKETS
  const bounds = Array.isArray(given) ? (given as unknown[]).map(numberOfValue) : []
  const isRising = bounds.every(
    (bound, i) => bound !== undefined && Number.isFinite(bound) && (i === 0 || bound > (bounds[i - 1] as number)),
  )
  if (bounds.length === 0 || bounds.length > 200 || !isRising) {
    throw config.problem('buckets', 'must be a list of rising numbers such as [0.1, 1, 10]')
  }
  return bounds as number[]
}

function observer(metric: LineMetric, services: RunServices): (entry: ProcessEntry) => void {
  if (services.metrics === undefined) return () => {}
  const writer = services.metrics.metric(metric.definition)
  if (writer === undefined) {
    services.fault('metrics', 'conflict')
    return () => {}
  }
  return (entry) => {
    const value = measured(metric, entry)
    if (value === undefined) return
    if (Number.isNaN(value)) services.fault('metrics', 'no_number')
    else if (metric.definition.kind === 'counter' && value < 0) services.fault('metrics', 'negative')
    else if (!write(writer, metric.action, entry, value)) services.fault('metrics', 'too_many_series')
  }
}

function write(writer: MetricWriter, action: Action, { labels }: ProcessEntry, value: number): boolean {
  if (action === 'set') return writer.set(labels, value)
  return writer.add(labels, action === 'dec' || action === 'sub' ? -value : value)
}

/** Undefined when the line does not count; NaN when its value is no number. */
function measured(
  { action, source, value, matchAll, countBytes }: LineMetric,
  entry: ProcessEntry,
): number | undefined {
  if (matchAll) return countBytes ? utf8Length(entry.line) : 1
  const found = entry.extracted?.get(source)
  if (found === undefined || found === null) return undefined
  if (value !== undefined && textOfValue(found) !== value) return undefined
  if (action === 'inc' || action === 'dec') return 1
  return numberOfValue(found) ?? Number.NaN
}
