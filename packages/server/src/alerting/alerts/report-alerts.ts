import type { AlertSink, ReportedAlert } from '../../model/alert.ts'
import { AlertQueue } from './alert-queue.ts'
import { type AlertmanagerTarget, sendAlerts } from './alertmanager-client.ts'

export interface ReporterOptions {
  /** The Alertmanager inside; undefined: alerts go to the others alone. */
  readonly inside: AlertSink | undefined
  readonly alertmanagers: readonly AlertmanagerTarget[]
  readonly log: (level: 'info' | 'warning', message: string, fields: Readonly<Record<string, unknown>>) => void
  /** Counted by receiver: `inside`, or the address of an Alertmanager. */
  readonly count: (what: 'sent' | 'dropped' | 'failed', receiver: string, alerts: number) => void
}

/** An Alertmanager that alerts are sent to, as it is told of. */
export interface AlertmanagerView {
  /** Where it takes alerts, without credentials. */
  readonly url: string
  /** Why the last alerts could not be sent. */
  readonly error: string | undefined
}

/** Hands alerts to everyone who is to know of them. */
export interface Reporter {
  /** Never waits and never throws. */
  report(alerts: readonly ReportedAlert[]): void
  alertmanagers(): readonly AlertmanagerView[]
  /** Alerts that wait for a receiver. */
  waiting(receiver: string): number
  readonly receivers: readonly string[]
  /** Sends what waits, for as long as a stop may take. */
  close(): Promise<void>
}

/** Alerts that wait, and that go in one call. The one inside takes them about as fast as they come. */
const INSIDE_BOUNDS = { most: 100_000, batch: 1_000 }
const BOUNDS = { most: 10_000, batch: 64 }
const CLOSE_MS = 5_000
const INSIDE = 'inside'

export function createReporter({ inside, alertmanagers, log, count }: ReporterOptions): Reporter {
  const stop = new AbortController()
  const errors = new Map<string, string>()
  const queues = new Map<string, AlertQueue>()
  const open = (receiver: string, bounds: typeof BOUNDS, deliver: AlertSink): void => {
    const queue = new AlertQueue({
      deliver,
      ...bounds,
      sent(alerts) {
        count('sent', receiver, alerts)
        if (errors.delete(receiver)) log('info', 'alerts can be sent again', { receiver })
      },
      dropped(alerts) {
        count('dropped', receiver, alerts)
      },
      failed(alerts, error) {
        count('failed', receiver, alerts)
        const reason = error instanceof Error ? error.message : String(error)
        if (errors.get(receiver) !== reason) log('warning', 'alerts could not be sent', { receiver, alerts, reason })
        errors.set(receiver, reason)
      },
    })
    queues.set(receiver, queue)
  }
  if (inside !== undefined) open(INSIDE, INSIDE_BOUNDS, inside)
  for (const target of alertmanagers) {
    open(target.url, BOUNDS, (alerts) => sendAlerts(target, alerts, stop.signal))
  }
  return {
    receivers: [...queues.keys()],
    report(alerts) {
      for (const queue of queues.values()) queue.add(alerts)
    },
    alertmanagers: () => alertmanagers.map(({ url }) => ({ url, error: errors.get(url) })),
    waiting: (receiver) => queues.get(receiver)?.length ?? 0,
    async close() {
      const timer = setTimeout(() => stop.abort(), CLOSE_MS)
      await Promise.all([...queues.values()].map((queue) => queue.drained()))
      clearTimeout(timer)
    },
  }
}
