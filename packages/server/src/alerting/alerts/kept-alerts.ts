import { createHash } from 'node:crypto'
import { labelSet } from '../../model/labels.ts'
import type { StateChange, StateEntry, StateStore } from '../../store/state/state-store.ts'
import type { Alert } from './alert-state.ts'

/** What the store holds of a rule's alerts, by the text of their labels: a text for each that changes with what is kept. */
export type KeptAlerts = ReadonlyMap<string, string>

/** Alerts of a rule as the store has them. */
export interface RestoredAlerts {
  readonly alerts: ReadonlyMap<string, Alert>
  readonly kept: KeptAlerts
}

/** Kind of the entries in the store of state. */
export const RULE_ALERTS = 'rule-alert'

const NOTHING: RestoredAlerts = { alerts: new Map(), kept: new Map() }

/** Keeps alerts of rules over restarts: pending ones go on counting, firing ones fire, resolved ones are told of. */
export class AlertMemory {
  readonly #store: StateStore
  readonly #tenant: string
  #restored = new Map<string, { readonly alerts: Map<string, Alert>; readonly kept: Map<string, string> }>()

  constructor(store: StateStore, tenant: string) {
    this.#store = store
    this.#tenant = tenant
  }

  /** Reads what was kept. @returns keys of entries that cannot be read */
  async load(): Promise<string[]> {
    const broken: string[] = []
    for (const entry of await this.#store.load(this.#tenant, RULE_ALERTS)) {
      const found = decode(entry)
      if (found === undefined) {
        broken.push(entry.key)
        continue
      }
      const ofRule = this.#restored.get(found.identity) ?? { alerts: new Map(), kept: new Map() }
      ofRule.alerts.set(found.labelsText, found.alert)
      ofRule.kept.set(found.labelsText, versionOf(found.alert))
      this.#restored.set(found.identity, ofRule)
    }
    return broken
  }

  /** Alerts of a rule as they were before the restart; only the first caller gets them. */
  take(identity: string): RestoredAlerts {
    const found = this.#restored.get(identity)
    this.#restored.delete(identity)
    return found ?? NOTHING
  }

  /** Removes what no rule has taken. */
  async forgetUntaken(): Promise<void> {
    const left = this.#restored
    if (left.size === 0) return
    this.#restored = new Map()
    await this.put([...left].flatMap(([identity, { kept }]) => removals(identity, kept)))
  }

  /** Resolves when it is on the disk. */
  async put(changes: readonly StateChange[]): Promise<void> {
    if (changes.length > 0) await this.#store.put(this.#tenant, RULE_ALERTS, changes)
  }
}

/** What has to be written so that the store has a rule's alerts as they are now. */
export function changesTo(
  identity: string,
  kept: KeptAlerts,
  alerts: ReadonlyMap<string, Alert>,
): { readonly changes: readonly StateChange[]; readonly kept: KeptAlerts } {
  const changes: StateChange[] = []
  const now = new Map<string, string>()
  for (const [labelsText, alert] of alerts) {
    const version = versionOf(alert)
    now.set(labelsText, version)
    if (kept.get(labelsText) !== version) {
      changes.push({ key: entryKey(identity, labelsText), body: encode(identity, labelsText, alert) })
    }
  }
  for (const labelsText of kept.keys()) {
    if (!now.has(labelsText)) changes.push({ key: entryKey(identity, labelsText), body: undefined })
  }
  return { changes, kept: changes.length === 0 ? kept : now }
}

/** Removes all that the store has of a rule's alerts. */
export function removals(identity: string, kept: KeptAlerts): StateChange[] {
  return [...kept.keys()].map((labelsText) => ({ key: entryKey(identity, labelsText), body: undefined }))
}

/** Values and annotations change with each evaluation, and come back with the next. */
function versionOf({ state, activeAtMs, firedAtMs, resolvedAtMs, keptFiringSinceMs }: Alert): string {
  return `${state} ${activeAtMs} ${firedAtMs} ${resolvedAtMs} ${keptFiringSinceMs}`
}

function entryKey(identity: string, labelsText: string): string {
  return `${identity}.${createHash('sha256').update(labelsText).digest('hex').slice(0, 32)}`
}

/** A body as it is kept. JSON has no NaN and no infinities: the value is a text. */
interface KeptBody extends Omit<Alert, 'labels' | 'annotations' | 'value'> {
  readonly identity: string
  readonly labelsText: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly value: string
}

function encode(identity: string, labelsText: string, alert: Alert): string {
  const body: KeptBody = {
    ...alert,
    identity,
    labelsText,
    labels: Object.fromEntries(alert.labels),
    annotations: Object.fromEntries(alert.annotations),
    value: String(alert.value),
  }
  return JSON.stringify(body)
}

function decode({ body }: StateEntry): { identity: string; labelsText: string; alert: Alert } | undefined {
  try {
    const read = JSON.parse(body) as KeptBody
    const alert: Alert = {
      state: read.state,
      labels: labelSet(Object.entries(read.labels)),
      annotations: new Map(Object.entries(read.annotations)),
      value: Number(read.value),
      activeAtMs: read.activeAtMs,
      firedAtMs: read.firedAtMs,
      resolvedAtMs: read.resolvedAtMs,
      keptFiringSinceMs: read.keptFiringSinceMs,
    }
    return { identity: read.identity, labelsText: read.labelsText, alert }
  } catch {
    return undefined
  }
}
