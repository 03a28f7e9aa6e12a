import type { Acknowledgements } from '../acknowledgements/acknowledgements.ts'
import type { AlertHistory, Quiet } from '../alerts/alert-history.ts'
import type { HeldAlert } from '../alerts/held-alert.ts'
import type { AlertmanagerConfig } from '../config/alertmanager-config.ts'
import type { Inhibition } from '../inhibition/inhibition.ts'
import type { Silences } from '../silences/silences.ts'
import { mutedBy } from '../time-intervals/muted-by.ts'
import type { Flush } from './flush.ts'
import type { NotificationMetrics } from './notification-metrics.ts'
import type { Candidate, Teller } from './tell-integration.ts'

export interface PipelineOptions {
  readonly config: () => AlertmanagerConfig
  readonly silences: Silences
  readonly acknowledgements: Acknowledgements
  readonly inhibition: () => Inhibition
  readonly teller: Teller
  readonly history: AlertHistory
  readonly metrics: NotificationMetrics
  /** Makes durable that these are over. */
  readonly settle: (fingerprints: readonly string[]) => Promise<void>
  readonly now: () => number
}

/** What a group's flush goes through: what must be kept quiet is left out, the rest is told to each integration. */
export class Pipeline {
  readonly #options: PipelineOptions

  constructor(options: PipelineOptions) {
    this.#options = options
  }

  /** What keeps an alert quiet now. */
  quiet({ labels }: HeldAlert): Quiet {
    const { silences, inhibition, now } = this.#options
    const nowMs = now()
    return { silencedBy: silences.silencing(labels, nowMs), inhibitedBy: inhibition().inhibitedBy(labels, nowMs) }
  }

  /** Whether all who had to be told were told, and this is durable. */
  async deliver(flush: Flush): Promise<boolean> {
    const { config, settle, teller, metrics } = this.#options
    // What is over is written before anybody hears of it: a crash must not make it fire again.
    await settle(flush.alerts.filter(({ resolved }) => resolved).map(({ alert }) => alert.fingerprint))
    const { candidates, silenced } = this.#audible(flush)
    const { contactPoints, timeIntervals } = config()
    const muted = mutedBy(flush.route, timeIntervals, flush.nowMs).length > 0
    if (muted) metrics.suppressed.add({ reason: 'time_interval' }, candidates.length)
    if (muted || candidates.length === 0) return true
    const point = contactPoints.find(({ name }) => name === flush.route.receiver)
    if (point === undefined) return true
    const told = point.integrations.map((integration) => teller.tell(integration, flush, candidates, silenced))
    return (await Promise.all(told)).every(Boolean)
  }

  #audible(flush: Flush): { candidates: readonly Candidate[]; silenced: ReadonlySet<string> } {
    const { silences, acknowledgements, history, metrics } = this.#options
    const candidates: Candidate[] = []
    const silenced = new Set<string>()
    for (const { alert, resolved } of flush.alerts) {
      const quiet = this.quiet(alert)
      if (!resolved) history.saw(alert, quiet)
      const acknowledged = acknowledgements.of(alert.fingerprint, alert.startsAtMs) !== undefined
      if (quiet.inhibitedBy.length > 0) metrics.suppressed.add({ reason: 'inhibition' })
      else if (quiet.silencedBy.length === 0) candidates.push({ alert, resolved, hushed: false, acknowledged })
      else if (resolved && quiet.silencedBy.every((id) => silences.get(id)?.notifyResolved !== false)) {
        candidates.push({ alert, resolved, hushed: true, acknowledged })
      } else {
        metrics.suppressed.add({ reason: 'silence' })
        if (!resolved) silenced.add(alert.fingerprint)
      }
    }
    return { candidates, silenced }
  }
}
