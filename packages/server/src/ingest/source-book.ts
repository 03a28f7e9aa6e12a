import type { Counter, Counters } from '../model/counters.ts'
import type { Arrivals } from './arrivals.ts'
import type { ReceiverContext } from './receiver.ts'

/** What has become of the records of one receiver and tenant since the server started. */
export interface SourceReading {
  readonly received: number
  readonly bytes: number
  readonly stored: number
  readonly duplicate: number
  readonly inFlight: number
  readonly rejected: readonly ReasonCount[]
  readonly dropped: readonly ReasonCount[]
  /** Requests, connections and datagrams, of all tenants, whose records nobody could count. */
  readonly undecodable: readonly ReasonCount[]
  /** Records received per second, over the last whole minute. */
  readonly recordsPerSecond: number
  readonly lastReceivedMs: number | undefined
  /** Newest first. */
  readonly rejections: readonly Rejection[]
}

export interface ReasonCount {
  readonly reason: string
  readonly count: number
}

export interface Rejection {
  readonly atMs: number
  readonly status: number
  readonly reason: string
}

export interface SourceBook {
  /** The counters, with every count noted in the book as well. */
  readonly counters: Counters
  readonly rejected: ReceiverContext['rejected']
  /** `inFlight` is what arrivals says; the rest is kept here. */
  reading(receiver: string, tenant: string, arrivals: Pick<Arrivals, 'inFlight'>): SourceReading
}

const MAX_REJECTIONS = 20
/** Pairs of receiver and tenant that are kept; of more, the one that came first is forgotten. */
const MAX_SOURCES = 5_000
const MINUTE_SECONDS = 60

class Source {
  received = 0
  bytes = 0
  stored = 0
  duplicate = 0
  readonly rejected = new Map<string, number>()
  readonly dropped = new Map<string, number>()
  lastReceivedMs: number | undefined
  readonly rejections: Rejection[] = []
  /** Records by second, modulo a minute, and the second that each place is of. */
  readonly #perSecond = new Float64Array(MINUTE_SECONDS)
  readonly #second = new Float64Array(MINUTE_SECONDS)

  arrive(records: number, nowMs: number): void {
    this.received += records
    if (records === 0) return
    this.lastReceivedMs = nowMs
    const second = Math.floor(nowMs / 1000)
    const place = second % MINUTE_SECONDS
    if (this.#second[place] !== second) {
      this.#second[place] = second
      this.#perSecond[place] = 0
    }
    this.#perSecond[place]! += records
  }

  rate(nowMs: number): number {
    const oldest = Math.floor(nowMs / 1000) - MINUTE_SECONDS
    let records = 0
    for (let place = 0; place < MINUTE_SECONDS; place++) {
      if (this.#second[place]! > oldest) records += this.#perSecond[place]!
    }
    return records / MINUTE_SECONDS
  }
}

/** Keeps, by receiver and tenant, what the counters of /metrics do not tell: rates, last arrivals, refusals. */
export function createSourceBook(counters: Counters, now: () => number): SourceBook {
  const sources = new Map<string, Source>()
  const undecodable = new Map<string, Map<string, number>>()

  function sourceOf(receiver: string, tenant: string): Source {
    const key = `${receiver}\0${tenant}`
    let source = sources.get(key)
    if (source === undefined) {
      if (sources.size >= MAX_SOURCES) sources.delete(sources.keys().next().value as string)
      source = new Source()
      sources.set(key, source)
    }
    return source
  }

  function noted(
    counter: Counter,
    note: (labels: Readonly<Record<string, string>>, source: Source, amount: number) => void,
  ): Counter {
    return {
      add(labels, amount = 1) {
        counter.add(labels, amount)
        note(labels, sourceOf(labels.receiver ?? '', labels.tenant ?? ''), amount)
      },
      value: (labels) => counter.value(labels),
    }
  }

  return {
    counters: {
      received: noted(counters.received, (_labels, source, amount) => source.arrive(amount, now())),
      receivedBytes: noted(counters.receivedBytes, (_labels, source, amount) => {
        source.bytes += amount
      }),
      stored: noted(counters.stored, (_labels, source, amount) => {
        source.stored += amount
      }),
      duplicate: noted(counters.duplicate, (_labels, source, amount) => {
        source.duplicate += amount
      }),
      rejected: noted(counters.rejected, (labels, source, amount) => increase(source.rejected, labels.reason, amount)),
      dropped: noted(counters.dropped, (labels, source, amount) => increase(source.dropped, labels.reason, amount)),
      undecodable: {
        add(labels, amount = 1) {
          counters.undecodable.add(labels, amount)
          const receiver = labels.receiver ?? ''
          const reasons = undecodable.get(receiver) ?? new Map<string, number>()
          undecodable.set(receiver, reasons)
          increase(reasons, labels.reason, amount)
        },
        value: (labels) => counters.undecodable.value(labels),
      },
    },
    rejected({ receiver, tenant, status, reason }) {
      const { rejections } = sourceOf(receiver, tenant)
      rejections.unshift({ atMs: now(), status, reason: reason.slice(0, 500) })
      rejections.length = Math.min(rejections.length, MAX_REJECTIONS)
    },
    reading(receiver, tenant, arrivals) {
      const source = sources.get(`${receiver}\0${tenant}`) ?? new Source()
      const { received, bytes, stored, duplicate, lastReceivedMs, rejections } = source
      return {
        received,
        bytes,
        stored,
        duplicate,
        inFlight: arrivals.inFlight({ receiver, tenant }),
        rejected: listed(source.rejected),
        dropped: listed(source.dropped),
        undecodable: listed(undecodable.get(receiver) ?? new Map()),
        recordsPerSecond: source.rate(now()),
        lastReceivedMs,
        rejections: [...rejections],
      }
    },
  }
}

function increase(counts: Map<string, number>, reason = '', amount: number): void {
  counts.set(reason, (counts.get(reason) ?? 0) + amount)
}

function listed(counts: ReadonlyMap<string, number>): ReasonCount[] {
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count)
}
