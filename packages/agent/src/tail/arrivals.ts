import { randomBytes } from 'node:crypto'
import { closeSync, openSync, realpathSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import type { InputContext } from '../model/input.ts'
import type { Labels } from '../model/source.ts'
import { type FileStat, faultInWords, statOpen, statPath } from './file-stat.ts'
import { readAnchor, readHead } from './fingerprint.ts'
import { Follower, type FollowOptions, type FollowStart } from './follower.ts'
import { gzipHasAnchor, gzipHead } from './gzip.ts'
import { claimPositions } from './identity.ts'
import { judge, type Newcomer, relatives } from './newcomer.ts'
import type { Absent, Roster } from './roster.ts'
import { type Carrier, hasContent, seekCarrier } from './seek.ts'

export interface ArrivalsOptions {
  readonly kind: string
  readonly startAtEnd: boolean
  readonly ignoreOlderThanMs: number | undefined
  readonly labelsOf: (path: string) => Labels
  readonly follow: FollowOptions
  readonly context: InputContext
  readonly roster: Roster
  readonly matches: (path: string) => boolean
  readonly tell: (path: string, message: string) => void
  /** Looks at once whether a file was emptied. */
  readonly check: (follower: Follower) => void
  /** A follower has come that may have something to read. */
  readonly begun: (follower: Follower) => void
}

/** A path that matches and of which it is not clear yet what it is. */
interface Pending {
  readonly id: string
  readonly sinceMs: number
  readonly size: number
  readonly settled: boolean
}

/** A file that was read before and is missing may come back, with a file system that was not mounted. */
const ABSENT_MS = 86_400_000
/** A file that was read to its end and moved to a name that is not watched may come back compressed: so long it is known. */
const RETIRED_MS = 8 * 86_400_000
const MAX_RETIRED = 200
/** Paths between two turns of the event loop. */
const PATHS_PER_TURN = 50
const NO_GZIP_MS = 10_000

/** Takes in what the patterns find: new files, known ones under new names, and positions of the run before. */
export class Arrivals {
  readonly #options: ArrivalsOptions
  readonly #pending = new Map<string, Pending>()
  /** Gzip files, by inode, and positions that turned out not to be theirs. */
  readonly #unlike = new Set<string>()
  #restored = false
  #atEnd = false
  #startPlaces: InputContext['startPlaces']

  constructor(options: ArrivalsOptions) {
    this.#options = options
  }

  /** `paths`: all that match, first of all those at the start; undefined when they are the same as before. */
  async come(paths: ReadonlySet<string> | undefined): Promise<void> {
    if (!this.#restored && paths !== undefined) await this.#restore(paths)
    this.#restored = true
    for (const path of this.#pending.keys()) if (paths?.has(path) === false) this.#pending.delete(path)
    // In order, so that a file comes before its copies.
    let count = 0
    for (const path of paths ? [...paths].sort() : [...this.#pending.keys()]) {
      await this.#look(path)
      if (++count % PATHS_PER_TURN === 0) await turn()
    }
    this.#atEnd = false
    this.#startPlaces = undefined
    this.#forgetAbsent()
  }

  /** Looks at once what stands at a path that matches. */
  async arrive(path: string): Promise<void> {
    // Until the positions of the run before have their files, nothing is new.
    if (this.#restored) await this.#look(path)
  }

  async #look(path: string): Promise<void> {
    await this.#consider(path).catch((error) => this.#options.tell(path, faultInWords(error)))
  }

  /** A new source for what stands at a path. */
  follower(found: Pick<FollowStart, 'path' | 'id' | 'target'>): Follower {
    const { follow, labelsOf, context } = this.#options
    const key = `${this.#options.kind}:${found.id}:${randomBytes(6).toString('base64url')}`
    return new Follower(follow, { ...found, key, labels: labelsOf(found.path), sinceMs: context.now() })
  }

  /** What was read from elsewhere goes on in this file. */
  carry(follower: Follower, carrier: Carrier): void {
    const { roster, matches, begun, context } = this.#options
    const { path, stat, as } = carrier
    this.#pending.delete(path)
    follower.close()
    follower.gzip = as === 'gzip' || (as === 'same' && follower.gzip)
    if (as !== 'same') follower.wholeBytes = undefined
    follower.copied = as !== 'same' && path !== follower.path
    follower.size = Math.max(stat.size, follower.offset)
    follower.seenSize = follower.offset
    if (!follower.gzip) {
      follower.openAt(path)
      follower.standAt(readAnchor(follower.fd!, follower.offset))
    }
    if (matches(path)) {
      follower.rotated = path !== follower.path
      follower.awayMs = undefined
      roster.all.add(follower)
      roster.place(follower, path, stat.id)
    } else {
      if (follower.gzip) roster.rename(follower, path)
      follower.id = stat.id
      follower.awayMs = context.now()
      roster.add(follower, false)
    }
    begun(follower)
  }

  /** A file that is gone may stand, compressed or copied, at a path that was waiting for this. */
  inherit(follower: Follower): boolean {
    const { roster, matches } = this.#options
    if (follower.gzip || follower.head.length === 0) return false
    const missed = absentOf(follower, 0)
    for (const path of this.#pending.keys()) {
      const taken = this.#open(path, (newcomer) => {
        if (!matches(path) || judge(newcomer, [], [missed]).as !== 'returned') return false
        follower.gzip = newcomer.gzip
        if (newcomer.gzip) follower.wholeBytes = newcomer.stat.size
        follower.awayMs = undefined
        follower.rotated = true
        roster.place(follower, path, newcomer.stat.id)
        return true
      })
      if (!taken) continue
      this.#pending.delete(path)
      follower.keep()
      return true
    }
    return false
  }

  /** Its position is kept for a while, so that it is known when it comes back compressed. */
  retire(follower: Follower): void {
    const { context, roster } = this.#options
    follower.retiredMs = context.now() + RETIRED_MS
    follower.keep()
    const retired = [...roster.absent.values()].filter(({ identity }) => identity.retiredMs !== undefined)
    if (retired.length >= MAX_RETIRED) this.#forget(retired[0]!)
    roster.absent.set(follower.source.key, absentOf(follower, follower.retiredMs))
  }

  /** Finds the files of the positions that were kept. */
  async #restore(paths: ReadonlySet<string>): Promise<void> {
    const { kind, startAtEnd, context, roster, matches } = this.#options
    const input = context.name
    const claimed = claimPositions(context.kept, { kind, input, watches: matches })
    const { startPlaces } = context
    if (startAtEnd || startPlaces !== undefined) {
      const isFirst = this.#isFirstStart(claimed.length > 0)
      this.#atEnd = startAtEnd && isFirst
      this.#startPlaces = isFirst ? startPlaces : undefined
    }
    const byId = new Map<string, string>()
    for (const path of paths) {
      this.#quietly(path, () => {
        const stat = statPath(path)
        if (stat?.kind === 'file' && !byId.has(stat.id)) byId.set(stat.id, path)
      })
    }
    const missing: Absent[] = []
    for (const { position, identity } of claimed) {
      const { key, place } = position
      const offset = Number.parseInt(String(place), 10)
      const until = identity.retiredMs ?? identity.missedUntilMs ?? context.now() + ABSENT_MS
      const absent = { key, place: place!, identity, offset, untilMs: until }
      const path = byId.get(identity.id)
      if (path === undefined || !this.#quietly(path, () => this.#resume(absent, path))) missing.push(absent)
    }
    for (const absent of missing) {
      const taken = (id: string) => roster.withId(id) !== undefined
      const { identity, offset, key } = absent
      const carrier = identity.retiredMs === undefined ? await seekCarrier({ identity, offset, taken }) : undefined
      if (carrier !== undefined) this.carry(this.#recall(absent), carrier)
      else {
        roster.absent.set(key, absent)
        if (identity.retiredMs === undefined) this.#miss(absent)
      }
    }
  }

  /** Keeps for how long a position waits for its file. */
  #miss({ key, place, identity, untilMs }: Absent): void {
    if (identity.missedUntilMs !== undefined) return
    const { name: input, lines, log } = this.#options.context
    log('info', 'a file that was read before is gone', { path: identity.path })
    lines.write({ key, input, labels: new Map(), identity: { ...identity, missedUntilMs: untilMs } }, [], place)
  }

  /** Whether the input has never run before; from now on it has. */
  #isFirstStart(hasPositions: boolean): boolean {
    const { kind, context } = this.#options
    const key = `${kind}-start:${context.name}`
    const identity = { kind: `${kind}-start`, input: context.name }
    context.lines.write({ key, input: context.name, labels: new Map(), identity }, [], 0)
    return !hasPositions && !context.kept.some((position) => position.key === key)
  }

  /** Goes on with the file of a position; whether it still has what was read. */
  #resume(absent: Absent, path: string): boolean {
    const stat = statPath(path)
    const { identity } = absent
    if (stat?.id !== identity.id) return false
    if (identity.gzip ? stat.size < (identity.wholeBytes ?? 0) : !hasContent(path, stat, absent)) return false
    const follower = this.#recall(absent)
    follower.path = path
    if (identity.wholeBytes === stat.size) follower.wholeBytes = stat.size
    if (!follower.gzip) {
      const fd = follower.open()
      follower.standAt(readAnchor(fd, follower.offset))
      follower.knowHead(readHead(fd))
    }
    this.#options.roster.add(follower, true)
    this.#options.begun(follower)
    return true
  }

  #recall({ key, place, identity }: Absent): Follower {
    const { follow, labelsOf } = this.#options
    const { path, origin = path, target, id, head, anchor, sinceMs } = identity
    const follower = new Follower(follow, { key, path, origin, target, id, head, sinceMs, labels: labelsOf(origin) })
    follower.gzip = identity.gzip === true
    const offset = follower.resumeAt(place)
    follower.standAt(offset === anchor.offset ? anchor : { offset, crc: 0 })
    return follower
  }

  async #consider(path: string): Promise<void> {
    const { roster, context, ignoreOlderThanMs = Number.POSITIVE_INFINITY, tell } = this.#options
    const stat = statPath(path)
    if (stat === undefined && path.includes('\ufffd'))
      tell(path, 'has a name that is not UTF-8: rename it to have it read')
    const known = stat && roster.withId(stat.id)
    if (stat?.kind !== 'file' || known !== undefined || roster.at(path) !== undefined) {
      this.#pending.delete(path)
      if (known !== undefined) this.#move(known, path, stat!)
      if (stat?.kind === 'other') tell(path, 'is a pipe, a socket or a device and no file: it is left alone')
      return
    }
    if (context.now() - stat.modifiedMs > ignoreOlderThanMs) return
    const returned = this.#open(path, (newcomer) => this.#take(newcomer))
    if (returned === undefined) return
    // A gzip file shows only by being read whether it holds all that was read before.
    const { absent, gzip } = returned
    if (gzip && !(await this.#isPacked(absent, path, stat))) return
    roster.absent.delete(absent.key)
    const same = stat.id === absent.identity.id || path === absent.identity.path
    this.carry(this.#recall(absent), { path, stat, as: gzip ? 'gzip' : same ? 'same' : 'copy' })
  }

  async #isPacked({ key, identity }: Absent, path: string, { id }: FileStat): Promise<boolean> {
    const found = await gzipHasAnchor(path, id, identity.anchor)
    if (found === false) this.#unlike.add(`${id} ${key}`)
    return found === true
  }

  /** A known file stands at a path that matches. */
  #move(known: Follower, path: string, stat: FileStat): void {
    const { roster } = this.#options
    if (known.awayMs === undefined && (known.path === path || statPath(known.path)?.id === stat.id)) return
    roster.place(known, path, stat.id)
    known.awayMs = undefined
    known.rotated = path !== known.origin
  }

  /** Decides what a newcomer is and begins with it; gives the absent one that it turns out to be. */
  #take(newcomer: Newcomer): { readonly absent: Absent; readonly gzip: boolean } | undefined {
    const { roster, check, begun } = this.#options
    const { path, stat, content, gzip } = newcomer
    // A copy may have been made of a file that was emptied a moment ago.
    for (const follower of relatives(newcomer, roster)) check(follower)
    if (roster.withId(stat.id) !== undefined) return undefined
    const absent = [...roster.absent.values()].filter(({ key }) => !this.#unlike.has(`${stat.id} ${key}`))
    const verdict = judge(newcomer, relatives(newcomer, roster), absent)
    if (verdict.as === 'unclear') return undefined
    this.#pending.delete(path)
    if (verdict.as === 'returned') return { absent: verdict.absent, gzip }
    const follower = this.follower({ path, id: stat.id, target: targetOf(path) })
    follower.gzip = gzip
    follower.knowHead(content)
    // Held open from now on, whatever becomes of its name before it is read.
    if (!gzip && statOpen(follower.open()).id !== stat.id) {
      follower.close()
      return undefined
    }
    roster.add(follower, true)
    if (verdict.as === 'copy' || this.#atEnd) {
      if (gzip) follower.wholeBytes = stat.size
      else follower.standAt(readAnchor(newcomer.fd, stat.size))
    } else if (!gzip) {
      const place = this.#startPlaces?.get(path) ?? 0
      if (place > 0 && place <= stat.size) follower.standAt(readAnchor(newcomer.fd, place))
    }
    // Known from now on, also if it is moved away before there is room for its lines.
    follower.keep()
    begun(follower)
    return undefined
  }

  /** Opens what stands at a path as a newcomer; undefined when that is not possible yet. */
  #open<Result>(path: string, use: (newcomer: Newcomer) => Result): Result | undefined {
    const fd = openSync(path, 'r')
    try {
      const stat = statOpen(fd)
      const pending = this.#pending.get(path)
      const same = pending?.id === stat.id
      const now = this.#options.context.now()
      const sinceMs = same ? pending.sinceMs : now
      const settled = !same || (pending.settled && pending.size === stat.size)
      this.#pending.set(path, { id: stat.id, sinceMs, size: stat.size, settled })
      const gzip = path.endsWith('.gz')
      const content = gzip ? gzipHead(fd) : readHead(fd)
      const waitedMs = now - sinceMs
      if (content !== undefined) return use({ path, stat, fd, content, gzip, waitedMs, settled })
      if (waitedMs > NO_GZIP_MS) this.#options.tell(path, 'is named .gz but is no gzip file: it is left alone')
      return undefined
    } finally {
      closeSync(fd)
    }
  }

  #forgetAbsent(): void {
    const now = this.#options.context.now()
    for (const absent of this.#options.roster.absent.values()) if (now > absent.untilMs) this.#forget(absent)
  }

  #forget(absent: Absent): void {
    const { context, roster } = this.#options
    roster.absent.delete(absent.key)
    for (const pair of this.#unlike) if (pair.endsWith(` ${absent.key}`)) this.#unlike.delete(pair)
    const { key, identity } = absent
    context.lines.end({ key, input: context.name, labels: new Map(), identity })
  }

  /** Does something with a path; what goes wrong is told, and tried again some time. */
  #quietly(path: string, act: () => unknown): boolean {
    try {
      return act() !== false
    } catch (error) {
      this.#options.tell(path, faultInWords(error))
      return false
    }
  }
}

function absentOf(follower: Follower, untilMs: number): Absent {
  const { offset } = follower
  return { key: follower.source.key, place: offset, identity: follower.identity(), offset, untilMs }
}

/** Where a symbolic link leads. */
function targetOf(path: string): string | undefined {
  const target = realpathSync(path)
  return target === path ? undefined : target
}
