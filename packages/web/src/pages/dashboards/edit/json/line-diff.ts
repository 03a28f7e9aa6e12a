/** A line of a comparison: in both texts, only in the first, or only in the second. Numbers of lines count from 1. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
  readonly before: number | undefined
  readonly after: number | undefined
}

/** Lines that differ, at most so many are looked for one by one: beyond, the middle stands as removed and added. */
const mostEdits = 1000

/**
 * The fewest lines to remove and add that make one text of the other (E. Myers, "An O(ND) Difference Algorithm and Its
 * Variations", 1986), for texts that differ in up to 1,000 lines.
 */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  const kinds = [
    ...Array<DiffLine['kind']>(start).fill('same'),
    ...edits(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...Array<DiffLine['kind']>(end).fill('same'),
  ]
  let [x, y] = [0, 0]
  return kinds.map((kind): DiffLine => {
    const text = (kind === 'added' ? b[y] : a[x]) ?? ''
    if (kind !== 'added') x += 1
    if (kind !== 'removed') y += 1
    return { kind, text, before: kind === 'added' ? undefined : x, after: kind === 'removed' ? undefined : y }
  })
}

function edits(a: readonly string[], b: readonly string[]): DiffLine['kind'][] {
  const most = Math.min(a.length + b.length, mostEdits)
  // furthest.get(k): how far down a the best path of diagonal k = x - y reaches; one snapshot for each number of edits.
  const snapshots: Map<number, number>[] = []
  let furthest = new Map<number, number>([[1, 0]])
  for (let count = 0; count <= most; count += 1) {
    snapshots.push(furthest)
    furthest = new Map(furthest)
    for (let k = -count; k <= count; k += 2) {
      let x = stepDown(furthest, k, count) ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1
      furthest.set(k, x)
      if (x >= a.length && x - k >= b.length) return pathBack(snapshots, a.length, b.length)
    }
  }
  return [...Array<DiffLine['kind']>(a.length).fill('removed'), ...Array<DiffLine['kind']>(b.length).fill('added')]
}

/** Whether the best way to a diagonal adds a line (from the diagonal above) rather than removes one. */
function stepDown(furthest: ReadonlyMap<number, number>, k: number, count: number): boolean {
  return k === -count || (k !== count && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1))
}

function pathBack(snapshots: readonly ReadonlyMap<number, number>[], endX: number, endY: number): DiffLine['kind'][] {
  const found: DiffLine['kind'][] = []
  let [x, y] = [endX, endY]
  for (let count = snapshots.length - 1; count >= 0; count -= 1) {
    const furthest = snapshots[count] ?? new Map<number, number>()
    const k = x - y
    const down = stepDown(furthest, k, count)
    const fromK = down ? k + 1 : k - 1
    const fromX = count === 0 ? 0 : (furthest.get(fromK) ?? 0)
    const fromY = count === 0 ? 0 : fromX - fromK
    while (x > fromX && y > fromY && x > 0 && y > 0 && (x - fromX > (down ? 0 : 1) || y - fromY > (down ? 1 : 0))) {
      found.push('same')
      x -= 1
      y -= 1
    }
    if (count > 0) {
      found.push(down ? 'added' : 'removed')
      x = fromX
      y = fromY
    }
  }
  return found.reverse()
}

/** A stretch of a comparison: lines near a change, or how many are left out between. */
export type DiffPart = { readonly lines: readonly DiffLine[] } | { readonly skipped: number }

/** Lines that stay the same are left out where they lie further than `near` from a change. */
export function nearChanges(lines: readonly DiffLine[], near = 3): readonly DiffPart[] {
  const kept = new Uint8Array(lines.length)
  for (const [at, { kind }] of lines.entries()) {
    if (kind !== 'same') kept.fill(1, Math.max(0, at - near), at + near + 1)
  }
  const parts: DiffPart[] = []
  for (let at = 0; at < lines.length; ) {
    let end = at
    while (end < lines.length && kept[end] === kept[at]) end += 1
    parts.push(kept[at] === 1 ? { lines: lines.slice(at, end) } : { skipped: end - at })
    at = end
  }
  return parts
}
