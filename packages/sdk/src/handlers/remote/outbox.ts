import { createEntryQueue } from './entry-queue.ts'
import { randomHex } from './keys.ts'
import type { RemoteSettings } from './options.ts'
import type { Parcel, Spool } from './spool.ts'

/** Everything that waits, in memory and on disk, in one order: the oldest is sent first. */
export interface Outbox {
  /** Takes a record, as far as there is room. */
  push(entry: string): void
  /** Whether `next` has something to give. */
  readonly isReady: boolean
  /** What waits now goes with the next batches, full or not. */
  makeDue(): void
  /** The next batch to send, which is `underway` until settled, replaced or halved. Undefined when none is full or due. */
  next(): Parcel | undefined
  /** The batch underway is done with. */
  settle(): void
  /** Only these entries of the batch underway are left to send. */
  replace(entries: readonly string[]): Parcel
  /** Two batches, under keys made of the first one's, take the place of the batch underway. Later ones are smaller. */
  halve(): void
  /** Brings batches to the spool, the one underway included. Whether everything is there now. */
  saveAll(): boolean
  /** From now on full and due batches go to the spool before they are sent; or no longer. */
  setFailing(failing: boolean): void
  /** Forgets what is in memory; gives the number of records that are not on disk either. */
  forget(): number
  /** Records in memory, those of the batch underway included. */
  readonly waiting: number
  /** Records on disk only. */
  readonly spooled: number
}

export interface OutboxParts {
  readonly settings: RemoteSettings
  readonly spool: Spool | undefined
  /** Every batch is on disk before its first attempt. */
  readonly always: boolean
  readonly now: () => number
  /** A record of this size is lost; it had been taken before (`drop-oldest`), or was not taken. */
  readonly overflowed: (size: number, taken: boolean) => void
}

let lastMs = 0
let sequence = 0

export function createOutbox({ settings, spool, always, now, overflowed }: OutboxParts): Outbox {
  const { batchCount, queueSize } = settings
  let batchSize = settings.batchSize
  const queue = createEntryQueue()
  /** In memory, made before everything that is in the queue. Sorted. */
  let parcels: Parcel[] = []
  let parcelsSize = 0
  let underway: Parcel | undefined
  let underwaySize = 0
  /** Entries of the queue that go with the next batches, full or not. */
  let due = 0
  let failing = false
  /** Records of batches that were in memory and on disk when memory was forgotten. */
  let leftOnDisk = 0

  const isFull = () => queue.count >= batchCount || queue.size >= batchSize
  const hasRoomFor = (entry: string) => queue.size + parcelsSize + underwaySize + entry.length <= queueSize
  const goesToDisk = () => spool !== undefined && (always || failing || spool.oldest !== undefined)

  function fromQueue(): Parcel {
    const before = queue.size
    const entries = queue.take(batchCount, batchSize)
    due = Math.max(0, due - entries.length)
    return { order: nextOrder(now()), key: randomHex(16), entries, size: before - queue.size }
  }

  function hold(parcel: Parcel): void {
    parcels.push(parcel)
    parcelsSize += parcel.size
  }

  /** What the disk does not take stays in memory. */
  function spillQueue(): void {
    while (queue.count > 0) {
      const parcel = fromQueue()
      if (spool?.add(parcel) !== true) hold(parcel)
    }
  }

  function addToSpool(entry: string): boolean {
    const parcel = { order: nextOrder(now()), key: randomHex(16), entries: [entry], size: entry.length }
    return spool?.add(parcel) === true
  }

  function setUnderway(parcel: Parcel | undefined): Parcel | undefined {
    underway = parcel
    underwaySize = parcel?.size ?? 0
    return parcel
  }

  return {
    push(entry) {
      if (!hasRoomFor(entry) && spool !== undefined) {
        spillQueue()
        // Batches underway, or the record itself, fill the memory. The disk may take it all the same.
        if (!hasRoomFor(entry) && addToSpool(entry)) return
      }
      // Older records make way only where that helps.
      if (settings.overflow === 'drop-oldest' && parcelsSize + underwaySize + entry.length <= queueSize) {
        while (queue.count > 0 && !hasRoomFor(entry)) {
          const oldest = queue.shift() as string
          due = Math.max(0, due - 1)
          overflowed(oldest.length, true)
        }
      }
      if (!hasRoomFor(entry)) {
        overflowed(entry.length, false)
        return
      }
      queue.push(entry)
      if (isFull() && goesToDisk()) spillQueue()
    },
    get isReady() {
      return due > 0 || isFull() || parcels.length > 0 || spool?.oldest !== undefined
    },
    makeDue() {
      due = queue.count
      if (goesToDisk()) spillQueue()
    },
    next() {
      const held = parcels[0]
      const stored = spool?.oldest
      if (held !== undefined && (stored === undefined || `${held.order}-${held.key}` < stored)) {
        parcels.shift()
        parcelsSize -= held.size
        return setUnderway(held)
      }
      if (stored !== undefined) {
        const taken = spool?.take()
        if (taken !== undefined) return setUnderway(taken)
      }
      if (due === 0 && !isFull()) return undefined
      return setUnderway(fromQueue())
    },
    settle() {
      if (underway !== undefined) spool?.discard(underway)
      setUnderway(undefined)
    },
    replace(entries) {
      const parcel = { ...(underway as Parcel), entries, size: sizeOf(entries) }
      if (spool?.holds(parcel)) spool.keep(parcel)
      setUnderway(parcel)
      return parcel
    },
    halve() {
      const whole = underway as Parcel
      const middle = Math.ceil(whole.entries.length / 2)
      const halves = [whole.entries.slice(0, middle), whole.entries.slice(middle)].map((entries, index) => ({
        order: whole.order,
        key: `${whole.key}.${index}`,
        entries,
        size: sizeOf(entries),
      }))
      // The whole goes last: a process that finds it on disk halves it again, into the same two.
      if (spool?.holds(whole)) for (const half of halves) spool.keep(half)
      spool?.discard(whole)
      setUnderway(undefined)
      parcels = [...halves, ...parcels]
      parcelsSize += whole.size
      batchSize = Math.min(batchSize, Math.max(1, Math.ceil(whole.size / 2)))
    },
    saveAll() {
      if (spool === undefined) return queue.count === 0 && parcels.length === 0 && underway === undefined
      let safe = true
      for (const parcel of underway === undefined ? parcels : [underway, ...parcels]) {
        if (!spool.holds(parcel)) safe = spool.keep(parcel) && safe
      }
      const held = parcels.length
      spillQueue()
      return safe && parcels.length === held
    },
    setFailing(value) {
      failing = value
    },
    forget() {
      const inMemory = underway === undefined ? parcels : [underway, ...parcels]
      let lost = queue.count
      for (const parcel of inMemory) {
        if (spool?.holds(parcel)) leftOnDisk += parcel.entries.length
        else lost += parcel.entries.length
      }
      queue.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
      parcels = []
      parcelsSize = 0
      due = 0
      setUnderway(undefined)
      return lost
    },
    get waiting() {
      const held = parcels.reduce((sum, { entries }) => sum + entries.length, 0)
      return queue.count + held + (underway?.entries.length ?? 0)
    },
    get spooled() {
      return (spool?.records ?? 0) + leftOnDisk
    },
  }
}

/** Texts that sort in the order of the calls, also after those of processes before, unless the clock is set back. */
function nextOrder(nowMs: number): string {
  lastMs = Math.max(lastMs, Math.floor(nowMs))
  sequence = (sequence + 1) % 1_000_000
  // The counter may only begin anew together with a new millisecond.
  if (sequence === 0) lastMs++
  return `${String(lastMs).padStart(13, '0')}-${String(sequence).padStart(6, '0')}`
}

function sizeOf(entries: readonly string[]): number {
  return entries.reduce((sum, entry) => sum + entry.length, 0)
}
