import { randomUUID } from 'node:crypto'
import { GirokError } from '../../../model/errors.ts'
import type { StateStore } from '../../../store/state/state-store.ts'
import type { Clock } from '../clock.ts'
import type { TimeInterval } from '../time-intervals/time-interval.ts'
import { checkSilence } from './check-silence.ts'
import { readRecurrence } from './recurrence.ts'
import { SilenceIndex } from './silence-index.ts'
import { type KeptSilence, readSilence, writeSilence } from './silence-record.ts'
import { compareSilences, keepsHistory, silenceState } from './silence-state.ts'
import type { Silence, SilenceChange, Silences } from './silences.ts'

/** Kind of the entries in the store; their key is the id. */
export const SILENCES = 'silence'

export interface SilenceOptions {
  readonly tenant: string
  readonly store: StateStore
  readonly clock: Clock
  /** How long a silence is kept after its end. Milliseconds. */
  readonly retentionMs: number
}

/** Reads the silences of before. */
export async function openSilences(options: SilenceOptions): Promise<Silences> {
  const entries = await options.store.load(options.tenant, SILENCES)
  return new KeptSilences(
    options,
    entries.map(({ body }) => readSilence(body)).sort((a, b) => a.updatedAtMs - b.updatedAtMs),
  )
}

const MINUTE_MS = 60_000

/** Silences that are kept at once, expired ones included. */
export const MOST_SILENCES = 20_000
/** Bytes of one silence in the store. */
export const LONGEST_SILENCE = 65_536

class KeptSilences implements Silences {
  readonly #options: SilenceOptions
  readonly #silences = new Map<string, KeptSilence>()
  readonly #recurrences = new Map<string, readonly TimeInterval[]>()
  readonly #index = new SilenceIndex()
  #version = 0
  /** When something begins or ends without anybody changing it. */
  #nextTurnMs = Number.POSITIVE_INFINITY

  constructor(options: SilenceOptions, silences: readonly KeptSilence[]) {
    this.#options = options
    for (const silence of silences) this.#hold(silence.id, silence)
    this.#turn(options.clock.now())
  }

  list(): readonly Silence[] {
    const nowMs = this.#now()
    return [...this.#silences.values()].map((one) => shown(one, nowMs)).sort(compareSilences)
  }

  get(id: string): Silence | undefined {
    const nowMs = this.#now()
    const silence = this.#silences.get(id)
    return silence && shown(silence, nowMs)
  }

  async set(change: SilenceChange): Promise<string> {
    const nowMs = this.#now()
    checkSilence(change, nowMs)
    const before = change.id === undefined ? undefined : this.#silences.get(change.id)
    if (change.id !== undefined && before === undefined) throw notFound()
    const recurrence = change.recurrence ?? before?.recurrence ?? []
    const notifyResolved = change.notifyResolved ?? before?.notifyResolved
    const { recurrence: _, ...plain } = change
    const next: Omit<KeptSilence, 'id'> = {
      ...plain,
      ...(recurrence.length > 0 && { recurrence }),
      ...(notifyResolved !== undefined && { notifyResolved }),
      updatedAtMs: nowMs,
    }
    if (before !== undefined && keepsHistory(before, next, nowMs)) {
      await this.#write([{ ...next, id: before.id }])
      return before.id
    }
    const count = this.#silences.size
    if (count >= MOST_SILENCES) {
      throw tooMuch(`exceeded maximum number of silences: ${count} (limit: ${MOST_SILENCES})`)
    }
    const made = { ...next, id: randomUUID(), startsAtMs: Math.max(next.startsAtMs, nowMs) }
    const isOver = before === undefined || silenceState(before, nowMs) === 'expired'
    await this.#write(isOver ? [made] : [ended(before, nowMs), made])
    return made.id
  }

  async expire(id: string): Promise<void> {
    const nowMs = this.#now()
    const silence = this.#silences.get(id)
    if (silence === undefined) throw notFound()
    if (silenceState(silence, nowMs) !== 'expired') await this.#write([ended(silence, nowMs)])
  }

  silencing(labels: ReadonlyMap<string, string>, nowMs: number): readonly string[] {
    const ids = this.#index.matching(labels)
    return ids.length === 0 ? ids : ids.filter((id) => this.#isInForce(id, nowMs)).sort()
  }

  version(): number {
    this.#now()
    return this.#version
  }

  #isInForce(id: string, nowMs: number): boolean {
    const silence = this.#silences.get(id)
    if (silence === undefined || silenceState(silence, nowMs) !== 'active') return false
    const recurrence = this.#recurrences.get(id)
    return recurrence === undefined || recurrence.some(({ contains }) => contains(nowMs))
  }

  /** The time, after what has become of the silences until then. */
  #now(): number {
    const nowMs = this.#options.clock.now()
    if (nowMs >= this.#nextTurnMs) this.#turn(nowMs)
    return nowMs
  }

  /** Lets go of what has been kept long enough, and finds out when something changes next. */
  #turn(nowMs: number): void {
    this.#version++
    let next = Number.POSITIVE_INFINITY
    for (const silence of [...this.#silences.values()]) {
      const forgottenMs = silence.endsAtMs + this.#options.retentionMs
      if (forgottenMs <= nowMs) {
        this.#hold(silence.id, undefined)
        continue
      }
      const turns = [silence.startsAtMs, silence.endsAtMs, forgottenMs]
      // Spans of time begin and end with minutes.
      const recurs = silence.recurrence !== undefined && silenceState(silence, nowMs) === 'active'
      if (recurs) turns.push((Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS)
      for (const atMs of turns) if (atMs > nowMs) next = Math.min(next, atMs)
    }
    this.#nextTurnMs = next
  }

  #hold(id: string, silence: KeptSilence | undefined): void {
    if (silence === undefined) {
      this.#silences.delete(id)
      this.#recurrences.delete(id)
      this.#index.remove(id)
      return
    }
    this.#silences.set(id, silence)
    this.#index.add(silence)
    if (silence.recurrence !== undefined) this.#recurrences.set(id, readRecurrence(silence.recurrence))
  }

  /** Holds what changed at once, and gives it up again when it cannot be written. */
  async #write(silences: readonly KeptSilence[]): Promise<void> {
    const { tenant, store, clock, retentionMs } = this.#options
    const changes = silences.map((silence) => ({
      key: silence.id,
      body: writeSilence(silence),
      expiresMs: silence.endsAtMs + retentionMs,
    }))
    for (const { body } of changes) {
      const bytes = Buffer.byteLength(body)
      if (bytes > LONGEST_SILENCE) {
        throw tooMuch(`silence exceeded maximum size: ${bytes} bytes (limit: ${LONGEST_SILENCE} bytes)`)
      }
    }
    const before = silences.map(({ id }) => this.#silences.get(id))
    for (const silence of silences) this.#hold(silence.id, silence)
    this.#turn(clock.now())
    try {
      await store.put(tenant, SILENCES, changes)
    } catch (error) {
      silences.forEach((silence, i) => {
        if (this.#silences.get(silence.id) === silence) this.#hold(silence.id, before[i])
      })
      this.#turn(clock.now())
      throw error
    }
  }
}

function shown(silence: KeptSilence, nowMs: number): Silence {
  return { ...silence, state: silenceState(silence, nowMs) }
}

function ended(silence: KeptSilence, nowMs: number): KeptSilence {
  return { ...silence, startsAtMs: Math.min(silence.startsAtMs, nowMs), endsAtMs: nowMs, updatedAtMs: nowMs }
}

function tooMuch(message: string): GirokError {
  return new GirokError('limit_exceeded', message)
}

function notFound(): GirokError {
  return new GirokError('not_found', 'silence not found')
}
