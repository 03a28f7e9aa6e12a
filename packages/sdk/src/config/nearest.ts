/** `, did you mean "x"?` for the known name that is the fewest typing errors away, else the list of names. */
export function suggestion(name: string, known: readonly string[]): string {
  let best: string | undefined
  let fewest = Math.floor(name.length / 3) + 1
  for (const candidate of known) {
    const errors = distance(plain(name), plain(candidate))
    if (errors < fewest) {
      fewest = errors
      best = candidate
    }
  }
  if (best !== undefined) return `, did you mean ${JSON.stringify(best)}?`
  return known.length === 0 ? '; there are none' : `; there are ${known.join(', ')}`
}

const plain = (name: string) => name.toLowerCase().replaceAll('_', '')

/** Letters to change, add, take away or swap with their neighbour (Damerau and Levenshtein). */
function distance(a: string, b: string): number {
  const lines: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => lines[row]?.[column] ?? 0
  for (let row = 1; row <= a.length; row++) {
    lines.push([row])
    for (let column = 1; column <= b.length; column++) {
      const change = at(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const swap = row > 1 && column > 1 && swapped ? at(row - 2, column - 2) + 1 : change
      lines[row]?.push(Math.min(change, swap, at(row - 1, column) + 1, at(row, column - 1) + 1))
    }
  }
  return at(a.length, b.length)
}
