import type { InputContext } from '../model/input.ts'
import type { Labels } from '../model/source.ts'
import { Arrivals } from './arrivals.ts'
import { Discovery } from './discovery.ts'
import { type FileStat, faultCode, faultInWords, statOpen, statPath } from './file-stat.ts'
import { HEAD_BYTES } from './fingerprint.ts'
import type { Follower, FollowOptions } from './follower.ts'
import type { Glob } from './glob.ts'
import type { LineShape } from './line-shape.ts'
import { PathFaults } from './path-faults.ts'
import { Pump } from './pump.ts'
import { Roster } from './roster.ts'
import { type Carrier, type Seeking, seekCarrier, seekPlainCarrier } from './seek.ts'
import { Unpacking } from './unpacking.ts'

export interface FileTailOptions extends Pick<FollowOptions, 'encoding' | 'maxLineBytes'> {
  /** Inputs of another kind do not take its positions: `file`, `docker`. */
  readonly kind: string
  readonly include: readonly Glob[]
  readonly exclude: readonly Glob[]
  /** Files that are there at the first start are read from their end. */
  readonly startAtEnd: boolean
  /** Files not known that were changed longer ago are left alone until they change. */
  readonly ignoreOlderThanMs: number | undefined
  /** Labels of a file, by the path under which it was found first. */
  readonly labelsOf: (path: string) => Labels
  readonly shape?: () => LineShape
  /** Between two looks at a file that is being written; others are looked at every fourth time. */
  readonly pollMs?: number
  /** How long a file that was moved away must be quiet before it is left. */
  readonly quietMs?: number
}

/** What is known of a file, for the status. */
export interface TailedFile {
  readonly path: string
  /** Bytes that were read; of gzip files those that they hold. */
  readonly offset: number
  /** `offset` and what is known to stand behind it. */
  readonly size: number
  readonly count: number
  readonly lastMs: number | undefined
  readonly error: string | undefined
}

const POLL_MS = 250
const QUIET_MS = 5_000
/** A file that has grown so shortly ago is looked at each time. */
const ACTIVE_MS = 10_000
/** Looks at files between two looks for new paths, and between two that read all folders. */
const SCAN_EVERY = 4
const FRESH_SCAN_EVERY = 40
/** More open files than these are closed again while nothing is written to them. */
const MAX_OPEN_FILES = 2_048
const IDLE_MS = 60_000
/** Follows the files that match patterns, through rotation and restarts: each line once. */
export class FileTail {
  readonly #options: FileTailOptions
  readonly #context: InputContext
  readonly #roster = new Roster()
  readonly #discovery: Discovery
  readonly #arrivals: Arrivals
  readonly #pump: Pump<Follower>
  readonly #faults: PathFaults
  readonly #unpacking = new Unpacking()
  #timer: NodeJS.Timeout | undefined
  #scanning: Promise<void> | undefined
  #ticks = 0
  #scans = 0
  /** Number of the last look for paths that read all folders and is over. */
  #freshScan = 0
  #wantsFresh = true
  #stopped = false
  /** Bytes that were known to be there and could not be read any more. */
  lostBytes = 0

  constructor(options: FileTailOptions, context: InputContext) {
    this.#options = options
    this.#context = context
    this.#faults = new PathFaults(context.log)
    const { include, exclude } = options
    this.#discovery = new Discovery({ include, exclude, fault: (path, message) => this.#faults.add(path, message) })
    this.#arrivals = new Arrivals({
      ...options,
      follow: { ...options, input: context.name, lines: context.lines, now: context.now },
      context,
      roster: this.#roster,
      matches: (path) => this.#discovery.matches(path),
      tell: (path, message) => this.#faults.add(path, message),
      check: (follower) => this.#verify(follower),
      begun: (follower) => this.#pump.add(follower),
    })
    this.#pump = new Pump({
      room: (urgent) => context.lines.room(urgent),
      urgent: (follower) => follower.awayMs !== undefined || follower.copied,
      read: (follower) => this.#guard(follower, () => (follower.gzip ? this.#unpack(follower) : this.#read(follower))),
    })
  }

  start(): void {
    this.#tick()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#scanning
    await this.#pump.stop()
    this.#unpacking.stopAll()
    for (const follower of this.#roster.all) follower.close()
  }

  files(): TailedFile[] {
    return [...this.#roster.all].map(({ path, offset, size, wholeBytes, count, lineMs, fault }) => {
      const known = wholeBytes === undefined ? Math.max(size, offset) : offset
      return { path, offset, size: known, count, lastMs: lineMs, error: fault }
    })
  }

  /** Paths that match, or folders on the way to them, that cannot be read, and why. */
  faults(): ReadonlyMap<string, string> {
    return this.#faults.lasting
  }

  /** Undefined for files that it does not watch; true when everything in the file was given to the sink. */
  isRead(path: string): boolean | undefined {
    const stat = statPath(path)
    if (stat === undefined) return undefined
    const follower = this.#roster.withId(stat.id)
    if (follower !== undefined) return follower.isRead && (follower.gzip || stat.size <= follower.offset)
    return this.#discovery.matches(path) ? false : undefined
  }

  #tick(): void {
    if (this.#stopped) return
    const number = this.#ticks++
    const fresh = this.#wantsFresh || number % FRESH_SCAN_EVERY === 0
    if (this.#scanning === undefined && (fresh || number % SCAN_EVERY === 0)) {
      this.#scanning = this.#scan(fresh).finally(() => {
        this.#scanning = undefined
      })
    }
    const now = this.#context.now()
    let slot = number
    for (const follower of this.#roster.all) {
      if (follower.holds) follower.flush(false)
      if (now - follower.grownMs < ACTIVE_MS || slot++ % 4 === 0) this.#guard(follower, () => this.#look(follower))
    }
    if (number % FRESH_SCAN_EVERY === 0) this.#spareOpenFiles(now)
    this.#timer = setTimeout(() => this.#tick(), this.#options.pollMs ?? POLL_MS)
  }

  async #scan(fresh: boolean): Promise<void> {
    const number = ++this.#scans
    if (fresh) {
      this.#wantsFresh = false
      this.#faults.clear()
    }
    try {
      const looks = fresh || this.#discovery.changed()
      const paths = looks ? await this.#discovery.scan(fresh) : undefined
      if (!this.#stopped) await this.#arrivals.come(paths)
      if (fresh) this.#freshScan = number
    } catch (error) {
      this.#faults.add('', faultInWords(error))
    }
  }

  /** Looks at a file whose turn it is. */
  #look(follower: Follower): boolean {
    if (follower.awayMs !== undefined) this.#lookAway(follower)
    else {
      const stat = statPath(follower.path)
      if (stat?.id !== follower.id) this.#leave(follower, stat)
      else if (!follower.gzip) this.#lookAt(follower, stat)
      else if (follower.wholeBytes === undefined) this.#pump.add(follower)
    }
    return true
  }

  #lookAt(follower: Follower, stat: FileStat): void {
    const { size, modifiedMs } = stat
    const changed = modifiedMs !== follower.modifiedMs
    follower.modifiedMs = modifiedMs
    if (size < Math.max(follower.offset, follower.head.length)) {
      this.#emptied(follower)
      return
    }
    const waits = this.#pump.has(follower)
    // What waits for room may be emptied while it does.
    const looks = waits
      ? changed || follower.head.length < Math.min(size, HEAD_BYTES)
      : changed && size === follower.seenSize
    if (looks && !this.#verify(follower)) return
    follower.size = size
    if (size !== follower.seenSize) {
      if (!waits) this.#hasMore(follower, size)
    } else if (follower.rotated && this.#isQuiet(follower)) this.#giveUnfinished(follower)
  }

  #hasMore(follower: Follower, size: number): void {
    follower.size = size
    follower.grownMs = this.#context.now()
    // Before its turn to be read comes it may be copied and emptied.
    if (follower.head.length === 0) follower.lookAtHead()
    this.#pump.add(follower)
  }

  #isQuiet(follower: Follower): boolean {
    const since = Math.max(follower.grownMs, follower.awayMs ?? 0)
    return this.#context.now() - since >= (this.#options.quietMs ?? QUIET_MS)
  }

  /** The writer has another file by now: the end of the last line will not come. */
  #giveUnfinished(follower: Follower): void {
    if (follower.seenSize > follower.offset || follower.holds) follower.giveRest()
  }

  /** Whether a file still has what was read of it; if it has not, it was emptied and is read anew. */
  #verify(follower: Follower): boolean {
    if (follower.gzip || follower.fd === undefined) return true
    const same = follower.isSame(follower.fd)
    if (same) follower.lookAtHead()
    else this.#emptied(follower)
    return same
  }

  /** Something else, or nothing, stands at the path of a file. */
  #leave(follower: Follower, there?: FileStat): void {
    follower.awayMs = this.#context.now()
    follower.awayScan = this.#scans
    this.#wantsFresh = true
    this.#roster.unplace(follower)
    // It no longer waits for room.
    if (this.#pump.has(follower)) this.#pump.add(follower)
    // A file that took its place may be moved on soon.
    if (there !== undefined) void this.#arrivals.arrive(follower.path)
    if (follower.fd !== undefined || this.#unpacking.has(follower)) return
    // It is not open, so it is looked for by name.
    const carrier = this.#seek(follower)
    if (carrier?.as === 'same') this.#arrivals.carry(follower, carrier)
  }

  #seek(follower: Follower): Carrier | undefined {
    return seekPlainCarrier(this.#seeking(follower))
  }

  #seeking(follower: Follower): Seeking {
    const taken = (id: string) => this.#roster.withId(id) !== undefined
    return { identity: follower.identity(), offset: follower.offset, taken }
  }

  /** Looks at a file that is not at its path any more but may still be written to. */
  #lookAway(follower: Follower): void {
    if (this.#pump.has(follower)) return
    const stat = follower.fd === undefined || follower.gzip ? undefined : statOpen(follower.fd)
    if (stat !== undefined && stat.size >= follower.offset && stat.size !== follower.seenSize) {
      this.#hasMore(follower, stat.size)
      return
    }
    if (follower.gzip && follower.wholeBytes === undefined && statPath(follower.path)?.id === follower.id) {
      this.#pump.add(follower)
      return
    }
    if (!this.#isQuiet(follower)) return
    this.#giveUnfinished(follower)
    // It may stand at another path that matches.
    if (this.#freshScan <= follower.awayScan) return
    const deleted = stat === undefined || stat.links === 0
    if (deleted || (statPath(follower.path)?.size ?? 0) > 0) this.#finish(follower, deleted)
  }

  /** The file was emptied, or written anew in place: the rest of what it had may stand in a copy. */
  #emptied(follower: Follower): void {
    const { path, id, fd, target } = follower
    this.#pump.remove(follower)
    const wasPlaced = this.#roster.at(path) === follower
    this.#roster.remove(follower)
    if (wasPlaced) {
      follower.fd = undefined
      const fresh = this.#arrivals.follower({ path, id, target })
      fresh.fd = fd
      fresh.lookAtHead()
      fresh.keep()
      this.#roster.add(fresh, true)
      this.#pump.add(fresh)
    }
    follower.close()
    const carrier = this.#seek(follower)
    if (carrier !== undefined) this.#arrivals.carry(follower, carrier)
    else void this.#seekPacked(follower)
  }

  /** The copy may have been compressed at once. */
  async #seekPacked(follower: Follower): Promise<void> {
    const carrier = await seekCarrier(this.#seeking(follower))
    if (this.#stopped) return
    if (carrier !== undefined) this.#arrivals.carry(follower, carrier)
    else this.#finish(follower, true)
  }

  #read(follower: Follower): boolean {
    if (follower.fd === undefined && statOpen(follower.open()).id !== follower.id) {
      follower.close()
      this.#leave(follower)
      return false
    }
    const outcome = follower.read()
    follower.fault = undefined
    if (follower.holeBytes > 0)
      this.#faults.say(follower.path, 'has a hole where text should be: its zero bytes are skipped')
    if (outcome === 'replaced') this.#emptied(follower)
    else if (outcome === 'end' && follower.copied) this.#settle(follower)
    return outcome === 'more'
  }

  async #unpack(follower: Follower): Promise<boolean> {
    const outcome = await this.#unpacking.read(follower)
    if (outcome === 'gone') this.#leave(follower)
    else if (outcome === 'end') this.#unpacked(follower)
    return outcome === 'more'
  }

  #unpacked(follower: Follower): void {
    follower.wholeBytes = this.#unpacking.stop(follower) ?? 0
    this.#settle(follower)
  }

  /** Nobody writes to it, and everything was read: it stays known as long as it is there, if its path matches. */
  #settle(follower: Follower): void {
    follower.giveRest()
    if (this.#roster.at(follower.path) !== follower) {
      this.#finish(follower, false)
      return
    }
    follower.copied = false
    follower.keep()
  }

  /** It is over: gives out what is left, and forgets it unless it lives on compressed. */
  #finish(follower: Follower, deleted: boolean): void {
    const lost = follower.fd === undefined && !follower.gzip ? Math.max(0, follower.size - follower.offset) : 0
    follower.giveRest()
    follower.close()
    this.#pump.remove(follower)
    this.#unpacking.stop(follower)
    if (this.#arrivals.inherit(follower)) return
    this.#roster.remove(follower)
    this.#tellLoss(follower.path, lost)
    if (!deleted && this.#mayReturn(follower)) this.#arrivals.retire(follower)
    else this.#context.lines.end(follower.source)
  }

  #tellLoss(path: string, bytes: number): void {
    if (bytes === 0) return
    this.lostBytes += bytes
    this.#context.log('warning', 'a file was emptied or deleted before it was read to its end', { path, bytes })
  }

  /** Whether patterns match what compressing would make of its name. */
  #mayReturn({ path, origin, gzip }: Follower): boolean {
    if (gzip) return false
    return [path, origin].some((own) => ['.gz', '.1.gz', '-1.gz'].some((end) => this.#discovery.matches(own + end)))
  }

  #spareOpenFiles(now: number): void {
    const open = [...this.#roster.all].filter(({ fd }) => fd !== undefined)
    if (open.length <= MAX_OPEN_FILES) return
    const idle = open.filter((one) => one.awayMs === undefined && one.isRead && now - one.grownMs > IDLE_MS)
    for (const follower of idle.slice(0, open.length - MAX_OPEN_FILES)) follower.close()
  }

  /** Does something with a file; what goes wrong is told, and tried again when its turn comes. */
  #guard(follower: Follower, act: () => boolean | Promise<boolean>): boolean | Promise<boolean> {
    const failed = (error: unknown) => {
      const code = faultCode(error)
      if (code === 'ESTALE') follower.close()
      // It has just been moved; the next look notices.
      if (code !== 'ENOENT') {
        follower.fault = faultInWords(error)
        this.#faults.say(follower.path, follower.fault)
      }
      if (!follower.gzip) return false
      // What is broken inside stays so; what cannot be opened now may be later.
      if (code === undefined || code.startsWith('Z_')) this.#unpacked(follower)
      this.#unpacking.stop(follower)
      return false
    }
    try {
      const done = act()
      return typeof done === 'boolean' ? done : done.catch(failed)
    } catch (error) {
      return failed(error)
    }
  }
}
