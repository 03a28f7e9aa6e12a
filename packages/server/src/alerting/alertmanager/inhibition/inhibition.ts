import type { InhibitRule } from '../config/alertmanager-config.ts'
import { matchesAll } from '../matchers/matcher.ts'

/** What inhibition has to know of an alert. */
export interface InhibitingAlert {
  readonly fingerprint: string
  readonly labels: ReadonlyMap<string, string>
  /** From then on it inhibits nothing. Milliseconds since the epoch. */
  readonly endsAtMs: number
}

/**
 * Which alerts keep which others quiet. Whoever holds the alerts tells of each one that came, changed or went; a question
 * then costs a look-up per rule, however many alerts there are. Whether the inhibiting alert is silenced or inhibited
 * itself makes no difference.
 */
export interface Inhibition {
  /** An alert came or changed; its labels are those that its fingerprint stands for. */
  update(alert: InhibitingAlert): void
  /** An alert is gone. Unknown ones are nothing to complain about. */
  forget(fingerprint: string): void
  /** Fingerprints of the alerts that inhibit one with these labels now, sorted; none: it is not inhibited. */
  inhibitedBy(labels: ReadonlyMap<string, string>, nowMs: number): readonly string[]
}

export function createInhibition(rules: readonly InhibitRule[]): Inhibition {
  const indexes = rules.map((rule) => new RuleIndex(rule))
  return {
    update: (alert) => {
      for (const index of indexes) index.update(alert)
    },
    forget: (fingerprint) => {
      for (const index of indexes) index.forget(fingerprint)
    },
    inhibitedBy(labels, nowMs) {
      const found = new Set<string>()
      for (const index of indexes) index.collect(labels, nowMs, found)
      return found.size === 0 ? NONE : [...found].sort()
    },
  }
}

const NONE: readonly string[] = []

interface Source {
  readonly endsAtMs: number
  /** The alert matches the other side of the rule as well. */
  readonly isTarget: boolean
}

/** The alerts that match the source side of one rule, by the values of the labels that must be equal. */
class RuleIndex {
  readonly #rule: InhibitRule
  readonly #sources = new Map<string, Map<string, Source>>()
  /** Fingerprint to the key that it stands under. */
  readonly #keys = new Map<string, string>()

  constructor(rule: InhibitRule) {
    this.#rule = rule
  }

  update({ fingerprint, labels, endsAtMs }: InhibitingAlert): void {
    const known = this.#keys.get(fingerprint)
    // The same labels match the same things as before.
    const before = known === undefined ? undefined : this.#sources.get(known)?.get(fingerprint)
    if (known !== undefined && before !== undefined) {
      this.#sources.get(known)?.set(fingerprint, { ...before, endsAtMs })
      return
    }
    const { sourceMatchers, targetMatchers } = this.#rule
    if (!matchesAll(sourceMatchers, labels)) return
    const key = this.#keyOf(labels)
    const sources = this.#sources.get(key) ?? new Map<string, Source>()
    sources.set(fingerprint, { endsAtMs, isTarget: matchesAll(targetMatchers, labels) })
    this.#sources.set(key, sources)
    this.#keys.set(fingerprint, key)
  }

  forget(fingerprint: string): void {
    const key = this.#keys.get(fingerprint)
    if (key === undefined) return
    this.#keys.delete(fingerprint)
    const sources = this.#sources.get(key)
    sources?.delete(fingerprint)
    if (sources?.size === 0) this.#sources.delete(key)
  }

  collect(labels: ReadonlyMap<string, string>, nowMs: number, into: Set<string>): void {
    const { sourceMatchers, targetMatchers } = this.#rule
    if (this.#sources.size === 0 || !matchesAll(targetMatchers, labels)) return
    const sources = this.#sources.get(this.#keyOf(labels))
    if (sources === undefined) return
    // Alerts that match both sides would inhibit one another, and themselves.
    const onlySources = matchesAll(sourceMatchers, labels)
    for (const [fingerprint, { endsAtMs, isTarget }] of sources) {
      if (endsAtMs > nowMs && !(onlySources && isTarget)) into.add(fingerprint)
    }
  }

  /** A label that is missing equals one that is empty. */
  #keyOf(labels: ReadonlyMap<string, string>): string {
    return JSON.stringify(this.#rule.equal.map((name) => labels.get(name) ?? ''))
  }
}
