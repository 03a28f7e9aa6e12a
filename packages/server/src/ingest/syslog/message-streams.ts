import { resolveLabels, type StreamOutcome, UNLABELLED } from '../batch/stream-directory.ts'
import type { IngestLimits } from '../limits.ts'
import { FACILITIES } from './facilities.ts'
import type { SyslogMessage } from './message.ts'

/** What of a message's header may be a label; the rest is structured metadata. */
export const LABEL_NAMES = ['service_name', 'host', 'facility'] as const
export type LabelName = (typeof LABEL_NAMES)[number]
export type Labelled = Readonly<Record<LabelName, boolean>>

/** A stream counts until nothing has come for so long, as where the streams of a tenant are limited. */
const ACTIVE_MS = 3_600_000
const SWEEP_MS = 60_000
/** Label of messages whose own labels would make too many streams. */
const OTHER: readonly [string, string] = ['service_name', 'other']

export interface MessageStream {
  readonly outcome: StreamOutcome
  /** What of the header the stream's labels tell. */
  readonly labelled: Labelled
  seenMs: number
}

/**
 * The streams of a tenant's messages. Anybody may claim to be any host and program, and a batch with one stream too many
 * is refused whole; therefore no more than `maxStreams` are made within an hour, and messages beyond share one for each
 * facility.
 */
export class MessageStreams {
  readonly #tenant: string
  readonly #labelled: Labelled
  readonly #maxStreams: number
  readonly #limits: IngestLimits
  readonly #known = new Map<string, MessageStream>()
  readonly #others = new Map<number, MessageStream>()
  #sweptMs = Number.NEGATIVE_INFINITY

  constructor(tenant: string, labels: readonly string[], maxStreams: number, limits: IngestLimits) {
    this.#tenant = tenant
    this.#labelled = {
      service_name: labels.includes('service_name'),
      host: labels.includes('host'),
      facility: labels.includes('facility'),
    }
    this.#maxStreams = maxStreams
    this.#limits = limits
  }

  /** The stream of a message. One without host counts as of the host that it came from. */
  of(bytes: Buffer, message: SyslogMessage, from: string, nowMs: number): MessageStream {
    const { hostStart, hostEnd, appStart, appEnd, priority } = message
    const { service_name, host, facility } = this.#labelled
    const number = priority < 0 || !facility ? -1 : priority >> 3
    const hasHost = host && hostEnd > hostStart
    const hasApp = service_name && appEnd > appStart
    // Host and program stand side by side, so that one text tells both; a space begins a key without a host.
    const names =
      hasHost && hasApp
        ? bytes.toString('latin1', hostStart, appEnd)
        : hasHost
          ? bytes.toString('latin1', hostStart, hostEnd)
          : ` ${host ? from : ''} ${hasApp ? bytes.toString('latin1', appStart, appEnd) : ''}`
    const key = `${number} ${names}`
    const known = this.#known.get(key)
    if (known !== undefined) {
      known.seenMs = nowMs
      return known
    }
    if (this.#known.size >= this.#maxStreams) this.#sweep(nowMs)
    if (this.#known.size >= this.#maxStreams) return this.#otherOf(number, nowMs)
    const pairs: [string, string][] = []
    if (hasApp) pairs.push(['service_name', bytes.toString('utf8', appStart, appEnd)])
    if (host) pairs.push(['host', hasHost ? bytes.toString('utf8', hostStart, hostEnd) : from])
    if (number >= 0) pairs.push(['facility', FACILITIES[number]!])
    const stream = this.#make(pairs.length > 0 ? pairs : UNLABELLED, this.#labelled, nowMs)
    this.#known.set(key, stream)
    return stream
  }

  #otherOf(number: number, nowMs: number): MessageStream {
    let other = this.#others.get(number)
    if (other === undefined) {
      const pairs = number < 0 ? [OTHER] : [OTHER, ['facility', FACILITIES[number]!] as const]
      other = this.#make(pairs, { service_name: false, host: false, facility: this.#labelled.facility }, nowMs)
      this.#others.set(number, other)
    }
    return other
  }

  #make(pairs: readonly (readonly [string, string])[], labelled: Labelled, seenMs: number): MessageStream {
    return { outcome: resolveLabels(this.#tenant, pairs, this.#limits), labelled, seenMs }
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < SWEEP_MS) return
    this.#sweptMs = nowMs
    for (const [key, { seenMs }] of this.#known) if (nowMs - seenMs > ACTIVE_MS) this.#known.delete(key)
  }
}
