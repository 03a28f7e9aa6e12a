import { randomUUID } from 'node:crypto'
import { pause } from '../backpressure.ts'
import type { PullState, ReceiverContext } from '../receiver.ts'
import type { RedisClient } from './client.ts'
import { type KeyFinder, OWN_PREFIX, scan } from './find-keys.ts'
import type { RedisOptions } from './options.ts'
import { DONE, LEASE, TAKE } from './scripts.ts'
import type { Storing } from './storing.ts'

const LEASE_MS = 15_000
const IDLE_MS = 250
const MAX_BATCH_BYTES = 8 << 20
const LISTS_AT_ONCE = 8
/** Producers may put an event into the list first and into the stream then, which may be its very first. */
const MIRROR_WAIT_MS = 1_000

export interface ListReaderOptions {
  readonly options: RedisOptions
  readonly consumer: string
  readonly address: string
  readonly finder: KeyFinder
  /** Streams that may hold the same events. */
  readonly mirrors: KeyFinder
  readonly storing: Storing
  readonly context: Pick<ReceiverContext, 'now' | 'log'>
}

/**
 * Takes elements out of lists: into a list of its own first, with an id, from which they are removed once they are stored.
 * What a crash leaves there is stored under that id by whoever reads next. One server of a group reads at a time, for as
 * long as it renews its lease.
 */
export class ListReader {
  readonly #client: RedisClient
  readonly #given: ListReaderOptions
  readonly #lease: string
  readonly #underWay: string
  readonly #seenAt = new Map<string, number>()
  #toldOf = ''
  #recovered = false

  constructor(client: RedisClient, given: ListReaderOptions) {
    this.#client = client
    this.#given = given
    this.#lease = `${OWN_PREFIX}reader:${given.options.group}`
    this.#underWay = `${OWN_PREFIX}taken:${given.options.group}:`
  }

  /** Reads until the signal is aborted. Rejects when Redis fails. */
  async run(signal: AbortSignal, { connected }: PullState): Promise<void> {
    const { consumer, finder, mirrors, options } = this.#given
    const renewal = setInterval(() => {
      // A connection that is lost is seen by the next command that is waited for.
      this.#client.call('EVAL', LEASE, 1, this.#lease, consumer, LEASE_MS).catch(() => {})
    }, LEASE_MS / 3)
    try {
      while (!signal.aborted) {
        const guards = options.mirrored ? await mirrors.keys(this.#client) : []
        const keys = new Set(await finder.keys(this.#client))
        if (!this.#recovered) for (const key of await this.#left()) keys.add(key)
        this.#recovered = true
        connected()
        if (!(await this.#round([...keys], guards, signal))) await pause(IDLE_MS, signal)
      }
    } finally {
      clearInterval(renewal)
      // Where that fails the lease runs out by itself.
      await this.#client.call('EVAL', LEASE, 1, this.#lease, consumer, 0).catch(() => {})
    }
  }

  /** Lists of which a batch was left; they may be empty now, and so not be found. */
  async #left(): Promise<string[]> {
    const pattern = `${this.#underWay.replace(/[[\]*?\\]/g, '\\$&')}*`
    return (await scan(this.#client, pattern, 'list')).map((key) => key.slice(this.#underWay.length))
  }

  /** Takes a batch of each list; false when there was nothing. */
  async #round(keys: readonly string[], guards: readonly string[], signal: AbortSignal): Promise<boolean> {
    let some = false
    for (let i = 0; i < keys.length && !signal.aborted; i += LISTS_AT_ONCE) {
      const taken = await Promise.all(keys.slice(i, i + LISTS_AT_ONCE).map((key) => this.#take(key, guards, signal)))
      some ||= taken.includes(true)
    }
    return some
  }

  async #take(key: string, guards: readonly string[], signal: AbortSignal): Promise<boolean> {
    const { options, consumer, address, storing, context } = this.#given
    if (guards.length > 0 && !this.#hasWaited(key)) return false
    const underWay = this.#underWay + key
    const keys = [this.#lease, key, underWay, ...guards]
    const end = options.oldest === 'tail' ? 'RIGHT' : 'LEFT'
    const given = [consumer, LEASE_MS, options.batchSize, MAX_BATCH_BYTES, randomUUID(), end]
    const answer = (await this.#client.callBuffer('EVAL', TAKE, keys.length, ...keys, ...given)) as Buffer[]
    const [outcome = '', id = ''] = answer.slice(0, 2).map(String)
    if (outcome !== 'batch') {
      // Whoever takes the lists over looks again for what the other one has left.
      if (outcome === 'held') this.#recovered = false
      this.#tell(outcome, id)
      return false
    }
    const elements = answer.slice(2)
    if (elements.length === 0) return false
    const timeMs = context.now()
    const entries = elements.map((element) => ({ timeMs, fields: [element] }))
    if (!(await storing.store(key, entries, `redis ${address} ${id}`, signal))) return true
    await this.#client.call('EVAL', DONE, 1, underWay, id)
    return true
  }

  #hasWaited(key: string): boolean {
    const seen = this.#seenAt.get(key)
    if (seen === undefined) this.#seenAt.set(key, performance.now())
    return seen !== undefined && performance.now() - seen >= MIRROR_WAIT_MS
  }

  #tell(outcome: string, holder: string): void {
    if (this.#toldOf === outcome) return
    this.#toldOf = outcome
    const { context, address, options } = this.#given
    if (outcome === 'mirrored') {
      context.log('info', 'lists are not read: a stream has the same events (receivers.redis.mirrored)', { address })
    } else {
      context.log('info', 'lists are read by another server of the group', { address, group: options.group, holder })
    }
  }
}
