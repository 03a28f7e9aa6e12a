import { ALERT_CHANGES, type AlertChangeEntry } from '../alertmanager.ts'
import type { JournalWriter } from '../journal-writer.ts'
import type { Silences } from '../silences/silences.ts'
import type { HeldAlert } from './held-alert.ts'

/** What keeps an alert quiet. */
export interface Quiet {
  /** Ids of silences. */
  readonly silencedBy: readonly string[]
  /** Fingerprints of alerts. */
  readonly inhibitedBy: readonly string[]
}

type Person = Pick<AlertChangeEntry, 'by' | 'comment'>

/** Writes down how alerts change. */
export class AlertHistory {
  readonly #journal: JournalWriter
  readonly #silences: () => Pick<Silences, 'get'>
  /** Fingerprints of alerts that were last known to be silenced, and inhibited. */
  readonly #silenced = new Set<string>()
  readonly #inhibited = new Set<string>()

  constructor(journal: JournalWriter, silences: () => Pick<Silences, 'get'>) {
    this.#journal = journal
    this.#silences = silences
  }

  /** An alert was seen to be kept quiet, or not to be. */
  saw({ fingerprint, labels }: HeldAlert, { silencedBy, inhibitedBy }: Quiet): void {
    const turn = (known: Set<string>, is: boolean, on: AlertChangeEntry['change'], off: AlertChangeEntry['change']) => {
      if (known.has(fingerprint) === is) return
      if (is) known.add(fingerprint)
      else known.delete(fingerprint)
      const silence = is && known === this.#silenced ? this.#silences().get(silencedBy[0] as string) : undefined
      const person = silence && { by: silence.createdBy, comment: silence.comment }
      this.add(fingerprint, is ? on : off, labels, undefined, undefined, person)
    }
    turn(this.#silenced, silencedBy.length > 0, 'silenced', 'unsilenced')
    turn(this.#inhibited, inhibitedBy.length > 0, 'inhibited', 'uninhibited')
  }

  forget(fingerprint: string): void {
    this.#silenced.delete(fingerprint)
    this.#inhibited.delete(fingerprint)
  }

  /** @param atMs default: now */
  add(
    fingerprint: string,
    change: AlertChangeEntry['change'],
    labels: ReadonlyMap<string, string>,
    annotations?: ReadonlyMap<string, string>,
    atMs?: number,
    person?: Person,
  ): void {
    const entry: AlertChangeEntry = {
      change,
      labels: Object.fromEntries(labels),
      ...(annotations && { annotations: Object.fromEntries(annotations) }),
      ...person,
    }
    this.#journal.add(ALERT_CHANGES, fingerprint, entry, atMs)
  }
}
