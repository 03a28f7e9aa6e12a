/** Edits (insert, delete, replace, swap of neighbours) between two texts. O(a·b) time: for short names only. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min(replace, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}

/**
 * The known dotted path that was most likely meant, or undefined when none is near. The same last part elsewhere
 * (`port` for `server.port`) counts as nearly equal. Case does not matter.
 */
export function nearestPath(unknown: string, known: Iterable<string>): string | undefined {
  const wanted = unknown.toLowerCase().slice(0, 200)
  const wantedLeaf = wanted.slice(wanted.lastIndexOf('.') + 1)
  let best: string | undefined
  let bestScore = Number.POSITIVE_INFINITY
  for (const path of known) {
    const candidate = path.toLowerCase()
    const whole = editDistance(wanted, candidate)
    const leaf = editDistance(wantedLeaf, candidate.slice(candidate.lastIndexOf('.') + 1))
    const nearWhole = whole <= Math.max(2, Math.floor(candidate.length / 4))
    const nearLeaf = wantedLeaf.length > 2 && leaf <= (wantedLeaf.length > 5 ? 1 : 0)
    if (!nearWhole && !nearLeaf) continue
    // Among equally good leaves the shorter difference of the whole path wins.
    const score = nearWhole ? whole : leaf + 1.5 + whole / 100
    if (score < bestScore) {
      best = path
      bestScore = score
    }
  }
  return best
}
