/** `, did you mean "x"?` for the known name that is the fewest typing errors away, else the list of names. */
export function suggestion(name: string, known: readonly string[]): string {
  let best: string | undefined
  let fewest = Math.max(1, Math.floor(name.length / 3)) + 1
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

/** Levenshtein's distance: letters to change, add or take away. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const line = [row]
    for (let column = 1; column <= b.length; column++) {
      const change = (above[column - 1] as number) + (a[row - 1] === b[column - 1] ? 0 : 1)
      line.push(Math.min(change, (above[column] as number) + 1, (line[column - 1] as number) + 1))
    }
    above = line
  }
  return above[b.length] as number
}
