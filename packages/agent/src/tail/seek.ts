import { closeSync, openSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type FileStat, statOpen, statPath } from './file-stat.ts'
import { hasAnchor, hasHead, readHead } from './fingerprint.ts'
import { gzipHasAnchor, gzipHead } from './gzip.ts'
import { evidenceOf, type FileIdentity } from './identity.ts'

/** A file that has the content which was read from another path or inode. */
export interface Carrier {
  readonly path: string
  readonly stat: FileStat
  /** `same`: the file itself under another name; `copy`: its bytes; `gzip`: its bytes, compressed. */
  readonly as: 'same' | 'copy' | 'gzip'
}

export interface Seeking {
  /** What is sought; `offset` bytes of it were read. */
  readonly identity: FileIdentity
  readonly offset: number
  /** Paths that other contents are known to stand at, by device and inode. */
  readonly taken: (id: string) => boolean
}

/** So many bytes make it sure that two files have the same content, whatever their names and times. */
const ENOUGH_EVIDENCE = 64
/** Files of a folder that are looked into besides those that are named after the one sought. */
const MAX_STRANGERS = 500
/** A copy that is older than what it should be a copy of is none; clocks and scans are not exact. */
const BORN_MARGIN_MS = 60_000

interface Sibling {
  readonly path: string
  readonly stat: FileStat
  readonly named: boolean
}

/**
 * Looks where a file that is not at its path any more, or was emptied there, has gone: renamed in its folder, copied there
 * before it was emptied, or compressed. Gzip files are read as far as `offset` to be sure.
 */
export async function seekCarrier(seeking: Seeking): Promise<Carrier | undefined> {
  const siblings = siblingsOf(seeking)
  const plain = plainCarrier(seeking, siblings)
  if (plain !== undefined) return plain
  for (const sibling of siblings) {
    if (!/\.gz$/.test(sibling.path) || !mayBeCopy(seeking, sibling)) continue
    const content = readOpen(sibling.path, gzipHead)
    if (content === undefined || !hasHead(content, seeking.identity.head)) continue
    const { path, stat } = sibling
    if (await gzipHasAnchor(path, stat.id, seeking.identity.anchor)) return { path, stat, as: 'gzip' }
  }
  return undefined
}

/** As `seekCarrier`, without a look into gzip files. */
export function seekPlainCarrier(seeking: Seeking): Carrier | undefined {
  return plainCarrier(seeking, siblingsOf(seeking))
}

function plainCarrier(seeking: Seeking, siblings: readonly Sibling[]): Carrier | undefined {
  const { identity } = seeking
  const renamed = siblings.find(({ path, stat }) => stat.id === identity.id && hasContent(path, stat, seeking))
  if (renamed) return { path: renamed.path, stat: renamed.stat, as: 'same' }
  if (identity.gzip) return undefined
  const copy = siblings.find((sibling) => {
    const { path, stat } = sibling
    return stat.id !== identity.id && mayBeCopy(seeking, sibling) && hasContent(path, stat, seeking)
  })
  return copy && { path: copy.path, stat: copy.stat, as: 'copy' }
}

/** Whether the file at a path begins with what was read. */
export function hasContent(
  path: string,
  stat: FileStat,
  { identity, offset }: Pick<Seeking, 'identity' | 'offset'>,
): boolean {
  if (identity.gzip) return hasHead(readOpen(path, gzipHead) ?? new Uint8Array(), identity.head)
  if (stat.size < Math.max(offset, identity.head.length)) return false
  const same = readOpen(path, (fd) => {
    if (!hasHead(readHead(fd), identity.head)) return false
    // After a loss of power a file may be shorter than it was when it was read.
    return statOpen(fd).size < identity.anchor.offset || hasAnchor(fd, identity.anchor)
  })
  return same === true
}

/** What a look into a file gives; undefined when it cannot be opened. */
function readOpen<Result>(path: string, look: (fd: number) => Result): Result | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    return look(fd)
  } catch {
    return undefined
  } finally {
    closeSync(fd)
  }
}

function mayBeCopy({ identity, taken }: Seeking, { path, stat, named }: Sibling): boolean {
  if (taken(stat.id)) return false
  // A device may have another number after the system was started anew.
  if (path === identity.path) return identity.head.length > 0
  const evidence = evidenceOf(identity)
  const sure = evidence >= ENOUGH_EVIDENCE
  if (evidence === 0 || !(named || sure)) return false
  return stat.bornMs === 0 || stat.bornMs >= identity.sinceMs - (sure ? BORN_MARGIN_MS : 0)
}

/** Files beside the one sought: first those named after it, the youngest first. */
function siblingsOf({ identity }: Seeking): Sibling[] {
  const { path, origin = path, target = path } = identity
  const names = [path, origin, target].map((known) => basename(known))
  const found: Sibling[] = []
  for (const folder of new Set([path, origin, target].map((known) => dirname(known)))) {
    const entries = entriesOf(folder)
    const isNamed = (name: string) => names.some((known) => name.startsWith(known))
    const named = entries.filter(isNamed)
    const strangers = entries.filter((name) => !isNamed(name)).slice(0, MAX_STRANGERS)
    for (const name of [...named, ...strangers]) {
      const sibling = join(folder, name)
      const stat = statQuietly(sibling)
      if (stat?.kind === 'file') found.push({ path: sibling, stat, named: isNamed(name) })
    }
  }
  const age = (one: Sibling) => one.stat.bornMs || one.stat.modifiedMs
  return found.sort((a, b) => Number(b.named) - Number(a.named) || age(b) - age(a))
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function statQuietly(path: string): FileStat | undefined {
  try {
    return statPath(path)
  } catch {
    return undefined
  }
}
