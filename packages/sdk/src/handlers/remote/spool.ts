import { messageOf } from '../error-text.ts'
import { makeFolder } from '../make-folder.ts'
import { builtin } from './builtin.ts'
import type { DropReason, SpoolOptions } from './options.ts'
import { decodeBatch, encodeBatch, type Fs, readHeader, writeWhole } from './spool-file.ts'
import { leave, newFolder, TOUCH_EVERY_MS, takeOver } from './spool-folder.ts'

/** A batch on its way, with its place in the order of all batches. */
export interface Parcel {
  /** Sorts as text, oldest first; halves of a batch share it and sort by key. */
  readonly order: string
  readonly key: string
  readonly entries: readonly string[]
  /** Of the entries together, in UTF-16 units. */
  readonly size: number
}

/** Batches in files. Every method works synchronously: what it did survives the process. None throws. */
export interface Spool {
  /** Keeps a batch until it is taken. False when the disk did not take it. */
  add(parcel: Parcel): boolean
  /** Writes a batch that is on its way, or replaces it by what is left of it. False when the disk did not take it. */
  keep(parcel: Parcel): boolean
  /** The oldest batch; its file stays until it is discarded. Undefined when none is left. */
  take(): Parcel | undefined
  /** Removes the file of a batch that was taken or kept, if it has one. */
  discard(parcel: Parcel): void
  /** Whether a batch that was taken or kept has a file. */
  holds(parcel: Parcel): boolean
  /** `order` and key of what `take` would give; undefined when there is nothing. */
  readonly oldest: string | undefined
  /** Records in batches that were not taken. */
  readonly records: number
  /** Leaves the folder to the next writer. */
  close(): void
}

export interface SpoolParts extends SpoolOptions {
  /** Folder inside of the directory: entries of different forms are kept apart. */
  readonly format: string
  /** Small batches that wait are made into one, up to these. */
  readonly batchCount: number
  readonly batchSize: number
  readonly lost: (reason: DropReason, count: number, detail: string) => void
  readonly complain: (text: string) => void
}

const NAME = /^(\d{13}-\d{6})-([0-9a-f]{32}(?:\.[01])*)\.batch$/
const DAMAGED_KEPT = 16
const FAILED_PAUSE_MS = 1000

interface Stored {
  /** Of the file without its extension: order and key. */
  readonly id: string
  readonly order: string
  readonly key: string
  readonly count: number
  readonly bytes: number
}

/** @throws Error without a file system, or when the directory cannot be made */
export function openSpool(parts: SpoolParts): Spool {
  const { maxBytes = 256 * 2 ** 20, complain, lost } = parts
  const fs = builtin('node:fs')
  if (fs === undefined) throw new Error('a spool needs a file system: leave the option `spool` out here')
  if (typeof parts.directory !== 'string' || parts.directory === '') {
    throw new TypeError(`spool.directory is ${JSON.stringify(parts.directory)}: use { directory: 'path' }`)
  }
  if (!(maxBytes > 0)) throw new RangeError(`spool.maxBytes is ${maxBytes}: use a number of bytes above 0`)
  if (!['spill', 'always'].includes(parts.mode ?? 'spill')) {
    throw new RangeError(`spool.mode is ${JSON.stringify(parts.mode)}: use spill or always`)
  }
  const root = `${parts.directory}/${parts.format}`
  try {
    makeFolder(fs, root)
  } catch (error) {
    throw new Error(`spool.directory ${parts.directory} cannot be used: ${messageOf(error)}`)
  }

  let folder: string | undefined
  let touching: ReturnType<typeof setInterval> | undefined
  /** Oldest first. */
  let index: Stored[] = []
  let records = 0
  /** Bytes of all files, those of taken batches included. */
  let bytes = 0
  /** Files of batches that are on their way. */
  const underway = new Map<string, number>()
  /** The entries of the newest file, which may grow while nobody has seen it. */
  let tail: Parcel | undefined
  let failedAt = Number.NEGATIVE_INFINITY

  const idOf = ({ order, key }: Parcel) => `${order}-${key}`
  const pathOf = (id: string) => `${folder}/${id}.batch`

  function useFolder(path: string): void {
    folder = path
    // Another machine that shares the directory can tell by this that the folder is in use.
    touching = setInterval(() => {
      const now = new Date()
      attempt(() => fs?.utimesSync(path, now, now))
    }, TOUCH_EVERY_MS)
    touching.unref()
  }

  function write(parcel: Parcel): number | undefined {
    if (Date.now() - failedAt < FAILED_PAUSE_MS) return undefined
    try {
      if (folder === undefined) useFolder(newFolder(root, fs as Fs))
      makeFolder(fs as Fs, folder as string)
      const content = encodeBatch(parcel.key, parcel.entries)
      writeWhole(fs as Fs, `${folder}/${idOf(parcel)}`, content, parts.fsync === true)
      return content[0].length + content[1].length
    } catch (error) {
      failedAt = Date.now()
      // On a full disk a part of a file is in the way of everything.
      attempt(() => fs?.unlinkSync(`${folder}/${idOf(parcel)}.part`))
      complain(`the spool in ${root} cannot be written: ${messageOf(error)}; records stay in memory`)
      return undefined
    }
  }

  function makeRoom(needed: number): boolean {
    while (bytes + needed > maxBytes) {
      const oldest = index.shift()
      if (oldest === undefined) return false
      if (index.length === 0) tail = undefined
      records -= oldest.count
      remove(oldest.id, oldest.bytes)
      lost('spool_full', oldest.count, `the spool in ${root} is full; the oldest batches are dropped`)
    }
    return true
  }

  function remove(id: string, size: number): void {
    bytes -= size
    attempt(() => fs?.unlinkSync(pathOf(id)))
  }

  function setAside(id: string, count: number): void {
    lost('spool_damaged', count, `a batch in ${root} is damaged and was set aside in ${root}/damaged`)
    attempt(() => {
      makeFolder(fs as Fs, `${root}/damaged`)
      fs?.renameSync(pathOf(id), `${root}/damaged/${id}.batch`)
      const kept = fs?.readdirSync(`${root}/damaged`).sort() ?? []
      for (const name of kept.slice(0, -DAMAGED_KEPT)) fs?.unlinkSync(`${root}/damaged/${name}`)
    })
  }

  /** Puts into the index what a folder holds that is ours now, moving it to our first folder. */
  function load(path: string): void {
    if (folder === undefined) useFolder(path)
    for (const name of fs?.readdirSync(path) ?? []) {
      const [, order, key] = NAME.exec(name) ?? []
      if (order === undefined || key === undefined) {
        // Never got its name: the write was not finished.
        if (name.endsWith('.part')) attempt(() => fs?.unlinkSync(`${path}/${name}`))
        continue
      }
      if (path !== folder) fs?.renameSync(`${path}/${name}`, `${folder}/${name}`)
      const id = `${order}-${key}`
      const header = readHeader(fs as Fs, pathOf(id))
      if (header.key !== key) {
        setAside(id, header.count)
        continue
      }
      index.push({ id, order, key, count: header.count, bytes: header.bytes })
      records += header.count
      bytes += header.bytes
    }
    if (path !== folder) leave(root, path, fs as Fs)
  }

  for (const path of takeOver(root, fs)) {
    try {
      load(path)
    } catch (error) {
      complain(`batches in ${path} cannot be read: ${messageOf(error)}`)
    }
  }
  const keys = new Set(index.map(({ key }) => key))
  for (const stored of index) {
    // Halves beside their whole: the process ended before it had removed the whole, hence before it sent a half.
    if (!isPartOf(stored.key, keys)) continue
    records -= stored.count
    remove(stored.id, stored.bytes)
  }
  index = index.filter(({ key }) => !isPartOf(key, keys)).sort((a, b) => (a.id < b.id ? -1 : 1))
  makeRoom(0)

  return {
    add(parcel) {
      const last = index.at(-1)
      const grown = tail === undefined || last === undefined ? undefined : joined(tail, parcel, parts)
      const whole = grown ?? parcel
      // Replaced in place: the key is the tail's, which nobody has been told yet.
      const before = grown === undefined ? 0 : (last as Stored).bytes
      const size = write(whole)
      if (size === undefined) return false
      if (grown !== undefined) {
        index.pop()
        records -= (last as Stored).count
      }
      bytes += size - before
      index.push({ id: idOf(whole), order: whole.order, key: whole.key, count: whole.entries.length, bytes: size })
      records += whole.entries.length
      tail = whole
      makeRoom(0)
      return true
    },
    keep(parcel) {
      const size = write(parcel)
      if (size === undefined) return false
      const id = idOf(parcel)
      bytes += size - (underway.get(id) ?? 0)
      underway.set(id, size)
      makeRoom(0)
      return true
    },
    take() {
      for (;;) {
        const stored = index.shift()
        if (stored === undefined) return undefined
        records -= stored.count
        const parcel = tail !== undefined && idOf(tail) === stored.id ? tail : read(stored)
        if (parcel === tail) tail = undefined
        if (parcel !== undefined) {
          underway.set(stored.id, stored.bytes)
          return parcel
        }
        bytes -= stored.bytes
        setAside(stored.id, stored.count)
      }
    },
    discard(parcel) {
      const id = idOf(parcel)
      const size = underway.get(id)
      if (size === undefined) return
      underway.delete(id)
      remove(id, size)
    },
    holds: (parcel) => underway.has(idOf(parcel)),
    get oldest() {
      return index[0]?.id
    },
    get records() {
      return records
    },
    close() {
      clearInterval(touching)
      if (folder !== undefined) leave(root, folder, fs)
    },
  }

  function read({ id, order, key }: Stored): Parcel | undefined {
    try {
      const batch = decodeBatch((fs as Fs).readFileSync(pathOf(id)))
      if (batch === undefined || batch.key !== key) return undefined
      return { order, key, entries: batch.entries, size: batch.entries.reduce((sum, entry) => sum + entry.length, 0) }
    } catch {
      return undefined
    }
  }
}

function joined(tail: Parcel, more: Parcel, limits: { batchCount: number; batchSize: number }): Parcel | undefined {
  const size = tail.size + more.size
  if (size > limits.batchSize || tail.entries.length + more.entries.length > limits.batchCount) return undefined
  return { ...tail, size, entries: [...tail.entries, ...more.entries] }
}

function isPartOf(key: string, keys: ReadonlySet<string>): boolean {
  for (let dot = key.lastIndexOf('.'); dot !== -1; dot = key.lastIndexOf('.', dot - 1)) {
    if (keys.has(key.slice(0, dot))) return true
  }
  return false
}

/** For work that is no worse for being left undone: the next process does it. */
function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // See above.
  }
}
