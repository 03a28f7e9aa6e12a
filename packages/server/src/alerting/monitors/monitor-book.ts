import { type LogEntry, type LogExpr, type LogRow, parseLogQL } from '@girok/query'
import type { AlertSink, ReportedAlert } from '../../model/alert.ts'
import type { RecordBatch } from '../../model/batch.ts'
import { GirokError } from '../../model/errors.ts'
import type { Feed } from '../../model/feed.ts'
import { labelSet, labelsText } from '../../model/labels.ts'
import { batchMatcher, rowOf } from '../../query/live/batch-matcher.ts'
import type { Monitor, MonitorAlert } from './monitor.ts'
import { monitoredRecord } from './monitored-record.ts'

export interface MonitorBookOptions {
  readonly monitors: readonly Monitor[]
  readonly feed: Feed
  /** Whose records are looked at. */
  readonly tenant: string
  readonly report: AlertSink
  /** Where people see the monitors. */
  readonly pageUrl: () => string
  readonly now: () => number
  readonly log: (level: 'warning' | 'error', message: string, fields?: Readonly<Record<string, unknown>>) => void
  readonly count: (what: 'records' | 'alerts' | 'errors', monitor: string) => void
}

/** Monitors over the live feed. */
export interface MonitorBook {
  list(): readonly MonitorState[]
  /** Throws `not_found`. */
  setActive(name: string, active: boolean): void
  /** Records that no monitor saw because they came faster than these could look. */
  dropped(): number
  /** Reports what waits. */
  stop(): Promise<void>
}

export interface MonitorState {
  readonly name: string
  readonly selector: string | undefined
  readonly active: boolean
  readonly records: number
  readonly alerts: number
  readonly errors: number
  readonly lastError: string | undefined
  readonly lastAlert: { readonly atMs: number; readonly alert: MonitorAlert } | undefined
}

interface Watch {
  readonly monitor: Monitor
  /** Rows that it sees. */
  readonly pick: (batch: RecordBatch) => Iterable<LogEntry | LogRow>
  active: boolean
  records: number
  alerts: number
  errors: number
  lastError: string | undefined
  lastAlert: MonitorState['lastAlert']
}

const RESOLVE_AFTER_MS = 300_000
/** Alerts that are not critical are reported together, so that one record does not cost a write. */
const REPORT_MS = 1_000
/** After so long others have a turn. */
const TURN_MS = 10

/** Throws `bad_request` or `bad_query` when a monitor is not well formed or a name comes twice. */
export function openMonitors(options: MonitorBookOptions): MonitorBook {
  const { feed, now, log, count } = options
  const watches = new Map<string, Watch>()
  for (const monitor of options.monitors) {
    if (watches.has(monitor.name)) {
      throw new GirokError('bad_request', `two monitors have the name ${JSON.stringify(monitor.name)}: rename one`)
    }
    watches.set(monitor.name, watchOf(monitor, options.tenant))
  }
  let waiting = new Map<string, ReportedAlert>()
  let timer: NodeJS.Timeout | undefined
  let reporting: Promise<void> = Promise.resolve()
  let dropped = 0

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (waiting.size === 0) return
    const alerts = [...waiting.values()]
    waiting = new Map()
    reporting = reporting
      .then(() => options.report(alerts))
      .catch((error: unknown) =>
        log('error', 'alerts of monitors could not be reported', { alerts: alerts.length, error }),
      )
  }

  function raise(watch: Watch, alert: MonitorAlert): void {
    const atMs = now()
    watch.alerts++
    watch.lastAlert = { atMs, alert }
    count('alerts', watch.monitor.name)
    const reported = reportOf(watch.monitor, alert, atMs, options.pageUrl())
    waiting.set(labelsText(reported.labels), reported)
    if (alert.severity === 'critical') {
      // Once the records at hand were looked at: one of them may say it again.
      clearTimeout(timer)
      timer = setTimeout(flush, 0)
    } else timer ??= setTimeout(flush, REPORT_MS)
  }

  function look(watch: Watch, row: LogEntry | LogRow): void {
    const { monitor } = watch
    watch.records++
    count('records', monitor.name)
    try {
      const alert: unknown = monitor.check(monitoredRecord(row))
      if (alert === undefined || alert === null) return
      raise(watch, checkedAlert(alert))
    } catch (error) {
      watch.errors++
      count('errors', monitor.name)
      const text = `Monitor error: ${monitor.name} - ${error instanceof Error ? error.message : String(error)}`
      if (text !== watch.lastError) log('error', text)
      watch.lastError = text
    }
  }

  async function follow(batch: RecordBatch): Promise<void> {
    if (batch.tenant !== options.tenant) return
    let sinceMs = performance.now()
    for (const watch of watches.values()) {
      if (!watch.active) continue
      for (const row of watch.pick(batch)) {
        look(watch, row)
        if (performance.now() - sinceMs < TURN_MS) continue
        await new Promise((resolve) => setImmediate(resolve))
        sinceMs = performance.now()
      }
    }
  }

  const subscription =
    watches.size === 0
      ? undefined
      : feed.follow('monitors', follow, undefined, (records) => {
          dropped += records
        })

  return {
    list: () =>
      [...watches.values()].map(({ monitor, active, records, alerts, errors, lastError, lastAlert }) => ({
        name: monitor.name,
        selector: monitor.selector,
        active,
        records,
        alerts,
        errors,
        lastError,
        lastAlert,
      })),
    setActive(name, active) {
      const watch = watches.get(name)
      if (watch === undefined) throw new GirokError('not_found', `there is no monitor ${JSON.stringify(name)}`)
      watch.active = active
    },
    dropped: () => dropped,
    async stop() {
      subscription?.end()
      flush()
      await reporting
    },
  }
}

function watchOf(monitor: Monitor, tenant: string): Watch {
  const fields = { active: monitor.active !== false, records: 0, alerts: 0, errors: 0 }
  return { monitor, pick: pickerOf(monitor, tenant), ...fields, lastError: undefined, lastAlert: undefined }
}

function pickerOf({ name, selector }: Monitor, tenant: string): Watch['pick'] {
  if (selector === undefined) {
    return function* (batch) {
      for (let i = 0; i < batch.count; i++) yield rowOf(batch, i)
    }
  }
  return batchMatcher(selectorOf(name, selector), tenant, false)
}

function selectorOf(name: string, selector: string): LogExpr {
  let tree: ReturnType<typeof parseLogQL>
  try {
    tree = parseLogQL(selector)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new GirokError('bad_query', `the selector of the monitor ${JSON.stringify(name)}: ${error.message}`)
  }
  if (tree.kind === 'log') return tree
  throw new GirokError(
    'bad_request',
    `the monitor ${JSON.stringify(name)} needs a log query as its selector, such as {job="ads"} |= "error", not a metric query`,
  )
}

const SEVERITIES: readonly unknown[] = ['info', 'warning', 'critical'] satisfies MonitorAlert['severity'][]

/** Monitors are written in JavaScript: what one returns may be anything. */
function checkedAlert(value: unknown): MonitorAlert {
  if (typeof value !== 'object' || value === null)
    throw new Error('a monitor returns {type, severity, message} or nothing')
  const { type, severity, message, labels } = value as Readonly<Record<string, unknown>>
  if (typeof type !== 'string' || type === '') throw new Error('the alert has no type')
  if (!SEVERITIES.includes(severity)) {
    throw new Error(`the alert's severity is ${JSON.stringify(severity)}: allowed is ${SEVERITIES.join(', ')}`)
  }
  if (typeof message !== 'string') throw new Error('the alert has no message')
  const pairs = Object.entries((labels ?? {}) as object).map(([name, text]) => [name, String(text)] as const)
  return { type, severity: severity as MonitorAlert['severity'], message, labels: Object.fromEntries(pairs) }
}

function reportOf(monitor: Monitor, alert: MonitorAlert, atMs: number, pageUrl: string): ReportedAlert {
  const { type, severity, message, labels = {} } = alert
  return {
    labels: labelSet([
      ...new Map([
        ...Object.entries(labels),
        ['alertname', type] as const,
        ['severity', severity] as const,
        ['monitor', monitor.name] as const,
      ]),
    ]),
    annotations: new Map([['summary', message]]),
    startsAtMs: atMs,
    endsAtMs: atMs + (monitor.resolveAfterMs ?? RESOLVE_AFTER_MS),
    generatorUrl: pageUrl,
    atOnce: severity === 'critical',
  }
}
