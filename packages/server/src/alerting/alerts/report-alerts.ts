import type { AlertSink, ReportedAlert } from '../../model/alert.ts'
import type { Relabelling } from '../../model/scraping.ts'
import type { Outgoing } from '../../notify/outgoing/outgoing.ts'
import { AlertQueue } from './alert-queue.ts'
import { type AlertmanagerTarget, sendAlerts } from './alertmanager-client.ts'

export interface ReporterOptions {
  /** The Alertmanager inside; undefined: alerts go to the others alone. */
  readonly inside: AlertSink | undefined
  /** The others, asked for whenever there are alerts. */
  readonly alertmanagers: () => readonly AlertmanagerTarget[]
  readonly outgoing: Outgoing
  /** What labels of alerts go through before anybody gets them. */
  readonly relabel: Relabelling
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
  /** Alerts that wait for whoever takes most time to take them. */
  waiting(): number
  /** Sends what waits, for as long as a stop may take. */
  close(): Promise<void>
}

/** One that alerts go to. */
interface Receiver {
  readonly queue: AlertQueue
  readonly relabel: Relabelling | undefined
  /** Why the last alerts could not be sent. */
  error: string | undefined
}

/** Alerts that wait, and that go in one call. The one inside takes them about as fast as they come. */
const INSIDE_BOUNDS = { most: 100_000, batch: 1_000 }
const BOUNDS = { most: 10_000, batch: 64 }
const CLOSE_MS = 5_000
const INSIDE = 'inside'

export function createReporter({ inside, alertmanagers, outgoing, relabel, log, count }: ReporterOptions): Reporter {
  const stop = new AbortController()
  const ofInside = inside && open(INSIDE, INSIDE_BOUNDS, undefined, inside)
  let others = new Map<string, Receiver>()
  /** Receivers that are configured no more and still get what was theirs. */
  const leaving = new Set<Promise<void>>()

  function open(
    name: string,
    bounds: typeof BOUNDS,
    ownRelabel: Relabelling | undefined,
    deliver: AlertSink,
  ): Receiver {
    const receiver: Receiver = {
      relabel: ownRelabel,
      error: undefined,
      queue: new AlertQueue({
        deliver,
        ...bounds,
        sent(alerts) {
          count('sent', name, alerts)
          if (receiver.error !== undefined) log('info', 'alerts can be sent again', { receiver: name })
          receiver.error = undefined
        },
        dropped(alerts) {
          count('dropped', name, alerts)
        },
        failed(alerts, error) {
          count('failed', name, alerts)
          const reason = error instanceof Error ? error.message : String(error)
          if (receiver.error !== reason) log('warning', 'alerts could not be sent', { receiver: name, alerts, reason })
          receiver.error = reason
        },
      }),
    }
    return receiver
  }

  /** Receivers as they are configured now. */
  function current(): Map<string, Receiver> {
    const targets = alertmanagers()
    if (targets.length === others.size && targets.every(({ key }) => others.has(key))) return others
    const before = others
    others = new Map(
      targets.map((target) => [
        target.key,
        before.get(target.key) ??
          open(target.url, BOUNDS, target.relabel, (alerts) => sendAlerts(outgoing, target, alerts, stop.signal)),
      ]),
    )
    for (const [key, { queue }] of before) {
      if (others.has(key)) continue
      const left = queue.drained().finally(() => leaving.delete(left))
      leaving.add(left)
    }
    return others
  }

  return {
    report(alerts) {
      const told = relabelled(alerts, relabel)
      ofInside?.queue.add(told)
      for (const receiver of current().values()) {
        receiver.queue.add(receiver.relabel === undefined ? told : relabelled(told, receiver.relabel))
      }
    },
    alertmanagers() {
      const receivers = current()
      return alertmanagers().map(({ key, url }) => ({ url, error: receivers.get(key)?.error }))
    },
    waiting: () => Math.max(ofInside?.queue.length ?? 0, ...[...others.values()].map(({ queue }) => queue.length)),
    async close() {
      const timer = setTimeout(() => stop.abort(), CLOSE_MS)
      const queues = [...(ofInside === undefined ? [] : [ofInside]), ...others.values()]
      await Promise.all([...leaving, ...queues.map(({ queue }) => queue.drained())])
      clearTimeout(timer)
    },
  }
}

/** Those that are not dropped, with the labels that they get. */
function relabelled(alerts: readonly ReportedAlert[], relabel: Relabelling): readonly ReportedAlert[] {
  return alerts.flatMap((alert) => {
    const labels = relabel(alert.labels)
    return labels === undefined ? [] : [{ ...alert, labels }]
  })
}
