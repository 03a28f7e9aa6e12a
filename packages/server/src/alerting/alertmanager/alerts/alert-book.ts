import type { ReportedAlert } from '../../../model/alert.ts'
import { GirokError } from '../../../model/errors.ts'
import type { StateChange, StateStore } from '../../../store/state/state-store.ts'
import type { Clock } from '../clock.ts'
import { leaseOf, readAlert, writeAlert } from './alert-record.ts'
import { type HeldAlert, isResolved } from './held-alert.ts'
import { mergeAlerts } from './merge-alerts.ts'
import { readReport } from './read-report.ts'

/** Kind of the entries in the store; their key is the fingerprint. */
export const ALERTS = 'alert'

/** More alerts than these are refused: a label with endless values must not fill the memory. */
const MOST_ALERTS = 50_000

/** Characters of the labels and annotations of one alert, and of all: an alert may be as long as whoever reports it likes. */
const MOST_CHARACTERS_OF_ONE = 65_536
const MOST_CHARACTERS = 128 * 1024 * 1024

/** People are told of an alert that could not be written in this time. Milliseconds. */
const LONGEST_WRITE_MS = 3_000

/** Characters of a name in a message. */
const NAMED = 100

/** The lease on the disk is renewed when the one in memory differs by more than this factor. */
const LEASE_TOLERANCE = 2

export interface AlertBookOptions {
  readonly tenant: string
  readonly store: StateStore
  readonly clock: Clock
  readonly resolveTimeoutMs: () => number
  /** An alert came, was reported again or changed. */
  readonly took: (alert: HeldAlert) => void
  /**
   * Called after `took` once that is durable, could not be made so, or takes longer than {@link LONGEST_WRITE_MS}: now
   * people may be told.
   */
  readonly kept: (alert: HeldAlert) => void
  /** An alert is gone. */
  readonly dropped: (alert: HeldAlert) => void
  /** An alert began to fire or resolved; for its history. */
  readonly turned: (alert: HeldAlert, to: 'firing' | 'resolved', atMs: number) => void
  /** Default {@link MOST_ALERTS}. */
  readonly mostAlerts?: number
  /** Default {@link MOST_CHARACTERS}. */
  readonly mostCharacters?: number
}

/** What is on the disk of an alert, as far as it decides on writing it anew. */
interface Written {
  readonly alert: HeldAlert
  /** Undefined: nobody knows what is there, because writing failed. */
  readonly resolved: boolean | undefined
}

/**
 * The alerts that fire, and those that have resolved but of which somebody may still have to be told. Durable: what people
 * would miss is written at once, that an alert still fires is not.
 */
export class AlertBook {
  readonly #options: AlertBookOptions
  readonly #alerts = new Map<string, HeldAlert>()
  readonly #written = new Map<string, Written>()
  /** Alerts that were last known to fire. */
  readonly #firing = new Set<string>()
  #characters = 0

  /** Reads what was held before; `took` and `kept` are not called for it. */
  static async open(options: AlertBookOptions): Promise<AlertBook> {
    const book = new AlertBook(options)
    const nowMs = options.clock.now()
    for (const { key, body } of await options.store.load(options.tenant, ALERTS)) {
      const alert = readAlert(key, body, nowMs)
      const resolved = isResolved(alert, nowMs)
      book.#alerts.set(key, alert)
      book.#characters += lengthOf(alert)
      book.#written.set(key, { alert, resolved })
      if (!resolved) book.#firing.add(key)
    }
    return book
  }

  constructor(options: AlertBookOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#alerts.size
  }

  get(fingerprint: string): HeldAlert | undefined {
    return this.#alerts.get(fingerprint)
  }

  all(): Iterable<HeldAlert> {
    return this.#alerts.values()
  }

  /**
   * Takes what is right of a report; resolves when it is durable. Rejects with `bad_request` that says, line by line, what
   * was wrong, or with `limit_exceeded`; the other alerts of the report are taken all the same.
   */
  async take(reports: readonly ReportedAlert[]): Promise<void> {
    const { clock, resolveTimeoutMs, mostAlerts = MOST_ALERTS, mostCharacters = MOST_CHARACTERS } = this.#options
    const nowMs = clock.now()
    const faults: string[] = []
    let tooMany = 0
    let tooLong = 0
    const taken: string[] = []
    const changes: StateChange[] = []
    for (const given of reports) {
      const report = readReport(given, nowMs, resolveTimeoutMs())
      if (typeof report === 'string') {
        faults.push(report)
        continue
      }
      const known = this.#alerts.get(report.fingerprint)
      const length = lengthOf(report)
      const growth = length - (known === undefined ? 0 : lengthOf(known))
      if (length > MOST_CHARACTERS_OF_ONE) faults.push(tooLongMessage(report, length))
      else if (known === undefined && this.#alerts.size >= mostAlerts) tooMany++
      else if (growth > 0 && this.#characters + growth > mostCharacters) tooLong++
      else {
        taken.push(report.fingerprint)
        changes.push(...this.#hold(report, nowMs))
      }
    }
    await this.#writeThenTell(changes, taken)
    if (faults.length > 0) throw new GirokError('bad_request', faults.join('\n'))
    if (tooMany > 0) throw new GirokError('limit_exceeded', tooManyMessage(tooMany, `${mostAlerts} are held`))
    if (tooLong > 0) {
      const held = `those that are held have almost ${mostCharacters} characters`
      throw new GirokError('limit_exceeded', tooManyMessage(tooLong, held))
    }
  }

  /** Makes durable that alerts are over whose time has run out. To be done before anybody is told of it. */
  async settle(fingerprints: Iterable<string>): Promise<void> {
    const nowMs = this.#options.clock.now()
    const changes: StateChange[] = []
    for (const fingerprint of fingerprints) {
      const alert = this.#alerts.get(fingerprint)
      if (alert === undefined || !isResolved(alert, nowMs)) continue
      this.#note(alert, nowMs)
      changes.push(...this.#changesOf(alert, nowMs))
    }
    await this.#write(changes)
  }

  /** Fingerprints of the alerts that were last known to fire. */
  firing(): ReadonlySet<string> {
    return this.#firing
  }

  /** Everybody who had to be told that these are over was told. Those that fire again by now stay. */
  async drop(alerts: readonly HeldAlert[]): Promise<void> {
    const changes: StateChange[] = []
    for (const alert of alerts) {
      const { fingerprint } = alert
      if (this.#alerts.get(fingerprint) !== alert) continue
      this.#alerts.delete(fingerprint)
      this.#characters -= lengthOf(alert)
      this.#firing.delete(fingerprint)
      if (this.#written.delete(fingerprint)) changes.push({ key: fingerprint, body: undefined })
      this.#options.dropped(alert)
    }
    await this.#write(changes)
  }

  #hold(report: HeldAlert, nowMs: number): readonly StateChange[] {
    const before = this.#alerts.get(report.fingerprint)
    const alert = before === undefined ? report : mergeAlerts(before, report, nowMs)
    // It was over before this report, although nobody has looked since.
    if (before !== undefined && isResolved(before, nowMs)) this.#note(before, nowMs)
    this.#alerts.set(alert.fingerprint, alert)
    this.#characters += lengthOf(alert) - (before === undefined ? 0 : lengthOf(before))
    this.#note(alert, nowMs)
    this.#options.took(alert)
    return this.#changesOf(alert, nowMs)
  }

  #note(alert: HeldAlert, nowMs: number): void {
    const { fingerprint } = alert
    const resolved = isResolved(alert, nowMs)
    if (resolved !== this.#firing.has(fingerprint)) return
    if (resolved) this.#firing.delete(fingerprint)
    else this.#firing.add(fingerprint)
    this.#options.turned(alert, resolved ? 'resolved' : 'firing', resolved ? alert.endsAtMs : nowMs)
  }

  #changesOf(alert: HeldAlert, nowMs: number): readonly StateChange[] {
    const { fingerprint } = alert
    const written = this.#written.get(fingerprint)
    const resolved = isResolved(alert, nowMs)
    // An alert that was never known to fire and is over: nobody will ask for it.
    if (written === undefined && resolved) return []
    if (written !== undefined && !worthWriting(written, alert, resolved)) return []
    this.#written.set(fingerprint, { alert, resolved })
    return [{ key: fingerprint, body: writeAlert(alert, nowMs) }]
  }

  /** Nobody is told of what a crash could still lose, unless the store is so slow or broken that waiting is worse. */
  async #writeThenTell(changes: readonly StateChange[], taken: readonly string[]): Promise<void> {
    let told = false
    const tell = (): void => {
      if (told) return
      told = true
      for (const fingerprint of taken) {
        // Another report may have come meanwhile.
        const alert = this.#alerts.get(fingerprint)
        if (alert !== undefined) this.#options.kept(alert)
      }
    }
    const cancel = changes.length === 0 ? tell : this.#options.clock.after(LONGEST_WRITE_MS, tell)
    try {
      await this.#write(changes)
    } finally {
      cancel()
      tell()
    }
  }

  async #write(changes: readonly StateChange[]): Promise<void> {
    if (changes.length === 0) return
    const { store, tenant } = this.#options
    try {
      await store.put(tenant, ALERTS, changes)
    } catch (error) {
      // The next report of them, or that they are over, is written whatever it says.
      for (const { key } of changes) {
        const written = this.#written.get(key)
        if (written !== undefined) this.#written.set(key, { ...written, resolved: undefined })
      }
      throw error
    }
  }
}

function worthWriting(written: Written, next: HeldAlert, resolved: boolean): boolean {
  const { alert } = written
  if (written.resolved !== resolved || (resolved && alert.endsAtMs !== next.endsAtMs)) return true
  if (alert.startsAtMs !== next.startsAtMs || alert.generatorUrl !== next.generatorUrl) return true
  if (!sameTexts(alert.annotations, next.annotations)) return true
  if (resolved) return false
  const before = leaseOf(alert)
  const after = leaseOf(next)
  return after > before * LEASE_TOLERANCE || before > after * LEASE_TOLERANCE
}

function sameTexts(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  if (a.size !== b.size) return false
  for (const [name, value] of a) if (b.get(name) !== value) return false
  return true
}

function lengthOf({ labels, annotations, generatorUrl }: HeldAlert): number {
  let length = generatorUrl.length
  for (const texts of [labels, annotations]) for (const [name, value] of texts) length += name.length + value.length
  return length
}

function tooLongMessage({ labels }: HeldAlert, length: number): string {
  const name = JSON.stringify((labels.get('alertname') ?? '').slice(0, NAMED))
  return `labels and annotations of the alert ${name} have ${length} characters: at most ${MOST_CHARACTERS_OF_ONE} are taken`
}

function tooManyMessage(refused: number, held: string): string {
  const alerts = refused === 1 ? '1 alert was' : `${refused} alerts were`
  return `${alerts} refused: ${held} already. Report fewer label sets, for example by aggregating in the rule`
}
