import type { SourcePosition } from '../model/source.ts'
import { ANCHOR_BYTES, type Anchor, HEAD_BYTES, type Head } from './fingerprint.ts'

/** What is kept beside a place, to know a file again whatever became of its name: plain data. */
export interface FileIdentity {
  readonly kind: string
  /** Name of the input. */
  readonly input: string
  /** Its last known path. */
  readonly path: string
  /** The path under which it was found first, which its labels tell; absent when it is `path`. */
  readonly origin?: string
  /** Where a symbolic link led; absent when `path` was none. */
  readonly target?: string
  /** Device and inode. */
  readonly id: string
  readonly head: Head
  readonly anchor: Anchor
  /** Milliseconds since the epoch when it was found. */
  readonly sinceMs: number
  /** The content is now that of a gzip file. */
  readonly gzip?: boolean
  /** A gzip file of so many bytes that was read to its end. */
  readonly wholeBytes?: number
  /** It was read to its end under a name that is not watched; until then, in milliseconds since the epoch, it is known compressed. */
  readonly retiredMs?: number
  /** Milliseconds since the epoch until when its file, which was not there at a start, is waited for. */
  readonly missedUntilMs?: number
}

/** The identity as it was kept; undefined when it is not one of a file. */
export function readIdentity(position: SourcePosition): FileIdentity | undefined {
  const given = position.identity as Partial<FileIdentity> | null | undefined
  if (typeof given !== 'object' || given === null) return undefined
  const { kind, input, path, id, head, anchor, sinceMs } = given
  if (![kind, input, path, id].every((text) => typeof text === 'string') || typeof sinceMs !== 'number')
    return undefined
  if (!Number.isInteger(head?.length) || head!.length < 0 || head!.length > HEAD_BYTES) return undefined
  if (typeof head!.hash !== 'string' || !Number.isSafeInteger(anchor?.offset) || anchor!.offset < 0) return undefined
  return Number.isInteger(anchor!.crc) ? (given as FileIdentity) : undefined
}

/** How sure it is that content with this head and anchor is the same: the number of bytes that are compared. */
export function evidenceOf({ head, anchor }: Pick<FileIdentity, 'head' | 'anchor'>): number {
  return Math.max(head.length, Math.min(anchor.offset, ANCHOR_BYTES))
}

/** An input that got its name from its place in the configuration. */
const BY_PLACE = /\[\d+\]$/
const claimed = new WeakMap<readonly SourcePosition[], Set<string>>()

/**
 * Takes the positions of paths that an input watches: those kept under its name and, because inputs without a name move about
 * in a configuration, those of its kind that nobody took, when either name comes from such a place.
 */
export function claimPositions(
  kept: readonly SourcePosition[],
  {
    kind,
    input,
    watches,
  }: { readonly kind: string; readonly input: string; readonly watches: (path: string) => boolean },
): { readonly position: SourcePosition; readonly identity: FileIdentity }[] {
  const taken = claimed.get(kept) ?? new Set<string>()
  claimed.set(kept, taken)
  const found: { position: SourcePosition; identity: FileIdentity }[] = []
  for (const position of kept) {
    const identity = position.place === null ? undefined : readIdentity(position)
    if (identity === undefined || identity.kind !== kind || taken.has(position.key)) continue
    const watched = watches(identity.path) || (identity.origin !== undefined && watches(identity.origin))
    const movable = identity.input === input || BY_PLACE.test(identity.input) || BY_PLACE.test(input)
    if (!watched || !movable) continue
    taken.add(position.key)
    found.push({ position, identity })
  }
  return found
}
