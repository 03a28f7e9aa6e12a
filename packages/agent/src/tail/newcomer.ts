import { dirname } from 'node:path'
import type { FileStat } from './file-stat.ts'
import { hasAnchor, hasHead, readFully, readHead, startOf } from './fingerprint.ts'
import type { Follower } from './follower.ts'
import { evidenceOf } from './identity.ts'
import type { Absent, Roster } from './roster.ts'

/** A path that matches and whose file is not known, with the file opened. */
export interface Newcomer {
  readonly path: string
  readonly stat: FileStat
  readonly fd: number
  /** First bytes of the content; of a gzip file, those of what it holds. */
  readonly content: Uint8Array
  readonly gzip: boolean
  /** How long it has been waiting, and whether its size was the same all the while. */
  readonly waitedMs: number
  readonly settled: boolean
}

export type Verdict =
  | { readonly as: 'new' }
  /** It looks like a copy in the making of a file that is followed: ask again. */
  | { readonly as: 'unclear' }
  /** The copy of a file that is followed, and will be read there. */
  | { readonly as: 'copy' }
  /** What an absent position was read from. */
  | { readonly as: 'returned'; readonly absent: Absent }

const ENOUGH_EVIDENCE = 64
/** Until then a copy is followed by the emptying of its original, if it is one of a rotation. */
const STRANGER_WAIT_MS = 10_000
const NAMED_WAIT_MS = 60_000
const GZIP_SETTLE_MS = 2_000
const TAIL_BYTES = 64 * 1024

/** What a file is of which only the path is known; `known`: its relatives. */
export function judge(newcomer: Newcomer, known: Iterable<Follower>, absent: Iterable<Absent>): Verdict {
  for (const missed of absent) if (isReturn(newcomer, missed)) return { as: 'returned', absent: missed }
  for (const follower of known) {
    if (!isPrefixOf(newcomer, follower)) continue
    const named = isNamedAfter(newcomer.path, follower) && newcomer.content.length > 0
    if (newcomer.waitedMs < (named ? NAMED_WAIT_MS : STRANGER_WAIT_MS)) return { as: 'unclear' }
    if (named && newcomer.content.length >= ENOUGH_EVIDENCE) return { as: 'copy' }
  }
  if (newcomer.gzip && !(newcomer.settled && newcomer.waitedMs >= GZIP_SETTLE_MS)) return { as: 'unclear' }
  return { as: 'new' }
}

/** Followers that a newcomer may be a copy of. */
export function relatives({ path, content }: Pick<Newcomer, 'path' | 'content'>, roster: Roster): Set<Follower> {
  const found = new Set(roster.extendedBy(path))
  const start = startOf(content)
  const folder = dirname(path)
  for (const follower of start === undefined ? [] : roster.all) {
    if (start === follower.start && folder === dirname(follower.path)) found.add(follower)
  }
  for (const follower of found) if (follower.gzip) found.delete(follower)
  return found
}

/** Whether a name could be that of a file's copy. */
function isNamedAfter(path: string, { path: own, origin }: Follower): boolean {
  return [own, origin].some(
    (known) => path.length > known.length && path.startsWith(known) && !path.includes('/', known.length),
  )
}

function isReturn({ path, stat, fd, content, gzip }: Newcomer, { identity, offset }: Absent): boolean {
  const { head } = identity
  if (head.length === 0 || !hasHead(content, head)) return false
  const named = [identity.path, identity.origin ?? identity.path].some((own) => path.startsWith(own))
  if (stat.id !== identity.id && !named && evidenceOf(identity) < ENOUGH_EVIDENCE) return false
  // Whether a gzip file holds the anchor takes reading it; that is done before it is taken.
  return gzip || (stat.size >= offset && (stat.size < identity.anchor.offset || hasAnchor(fd, identity.anchor)))
}

/** Whether all bytes of a newcomer are the first ones of a file that is followed, as far as samples show. */
function isPrefixOf({ stat, fd, content, gzip }: Newcomer, follower: Follower): boolean {
  if (gzip) return follower.head.length > 0 && hasHead(content, follower.head)
  if (content.length === 0) return true
  if (follower.fd === undefined) return hasHead(content, follower.head)
  const own = readHead(follower.fd)
  if (own.length < content.length || !Buffer.from(own.buffer, own.byteOffset, content.length).equals(content))
    return false
  const length = Math.min(TAIL_BYTES, stat.size)
  const tails = [fd, follower.fd].map((one) => {
    const bytes = Buffer.allocUnsafe(length)
    return bytes.subarray(0, readFully(one, bytes, stat.size - length))
  })
  return tails[0]!.equals(tails[1]!)
}
