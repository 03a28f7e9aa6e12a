import { type LabelSet, labelSet, labelsText } from '../../model/labels.ts'
import { METRIC_NAME } from '../../model/sample-batch.ts'
import type { AlertingRule } from '../rules/rule.ts'
import { RuleFault, type RuleValue } from '../rules/rule-samples.ts'
import { holdingValues } from './hysteresis.ts'

export type AlertState = 'pending' | 'firing' | 'inactive'

/** One alert of a rule: a series of its query, from when it came until a while after it has gone. */
export interface Alert {
  readonly state: AlertState
  readonly labels: LabelSet
  readonly annotations: ReadonlyMap<string, string>
  /** The value at the last evaluation that had it. */
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly activeAtMs: number
  readonly firedAtMs: number | undefined
  readonly resolvedAtMs: number | undefined
  /** Since when it fires without its series. */
  readonly keptFiringSinceMs: number | undefined
}

/** Expands the templates of a rule's labels and annotations for one value. */
export type ExpandTemplates = (templates: ReadonlyMap<string, string>, value: RuleValue) => ReadonlyMap<string, string>

/** How long a resolved alert is told of. */
const RESOLVED_RETENTION_MS = 15 * 60_000
const ALERT_NAME = 'alertname'

/**
 * The next states of a rule's alerts, by key. A series that comes makes an alert pending; it fires once it was there for
 * the rule's `for` (at once without one). A pending alert whose series goes is forgotten; a firing one is resolved, after
 * `keep_firing_for`. By Prometheus' rules/alerting.go. Throws `RuleFault` when two series become the same alert, and when
 * there are more than `limit` (0: any number): nothing changes then.
 *
 * @param holding what the rule's `keep_firing_while` gives: a firing alert that one of these is of fires on, and
 * `keep_firing_for` counts from when none is any more
 */
export function nextAlerts(
  rule: AlertingRule,
  groupLabels: ReadonlyMap<string, string>,
  limit: number,
  before: ReadonlyMap<string, Alert>,
  values: readonly RuleValue[],
  timeMs: number,
  expand: ExpandTemplates,
  holding: readonly RuleValue[] = [],
): Map<string, Alert> {
  const next = new Map<string, Alert>()
  const present = new Set<string>()
  for (const value of values) {
    const own = expand(new Map([...groupLabels, ...rule.labels]), value)
    const labels = labelSet(new Map([...withoutName(value.labels), ...own, [ALERT_NAME, rule.name]]))
    const key = labelsText(labels)
    if (present.has(key))
      throw new RuleFault('vector contains metrics with the same labelset after applying alert labels')
    present.add(key)
    const annotations = expand(rule.annotations, value)
    const known = before.get(key)
    const goesOn = known !== undefined && known.state !== 'inactive'
    const alert: Alert = {
      state: goesOn ? known.state : 'pending',
      labels,
      annotations,
      value: value.value,
      activeAtMs: goesOn ? known.activeAtMs : timeMs,
      firedAtMs: goesOn ? known.firedAtMs : undefined,
      resolvedAtMs: undefined,
      keptFiringSinceMs: undefined,
    }
    next.set(key, fired(alert, rule, timeMs))
  }
  const holdingValue = holdingValues(rule, groupLabels, values, holding)
  for (const [key, alert] of before) {
    if (present.has(key)) continue
    const value = alert.state === 'firing' ? holdingValue(alert.labels) : undefined
    const kept = value === undefined ? withoutSeries(alert, rule, timeMs) : held(alert, value)
    if (kept !== undefined) next.set(key, kept)
  }
  const active = [...next.values()].filter(({ state }) => state !== 'inactive').length
  if (limit > 0 && active > limit) throw new RuleFault(`exceeded limit of ${limit} with ${active} alerts`)
  return next
}

function fired(alert: Alert, rule: AlertingRule, timeMs: number): Alert {
  const isDue = timeMs - alert.activeAtMs >= rule.forMs
  if (alert.state === 'pending' && isDue) return { ...alert, state: 'firing', firedAtMs: timeMs }
  // A longer `for` than before takes effect on alerts that fire already.
  if (alert.state === 'firing' && !isDue) return { ...alert, state: 'pending', firedAtMs: undefined }
  return alert
}

function held(alert: Alert, value: number): Alert {
  return { ...alert, value, keptFiringSinceMs: undefined }
}

function withoutSeries(alert: Alert, rule: AlertingRule, timeMs: number): Alert | undefined {
  if (alert.state === 'pending') return undefined
  if (alert.state === 'inactive') {
    return timeMs - (alert.resolvedAtMs ?? timeMs) > RESOLVED_RETENTION_MS ? undefined : alert
  }
  if (rule.keepFiringForMs > 0) {
    const since = alert.keptFiringSinceMs ?? timeMs
    if (timeMs - since < rule.keepFiringForMs) return { ...alert, keptFiringSinceMs: since }
  }
  return { ...alert, state: 'inactive', resolvedAtMs: timeMs }
}

function withoutName(labels: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const rest = new Map(labels)
  rest.delete(METRIC_NAME)
  return rest
}
