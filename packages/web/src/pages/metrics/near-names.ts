/** Edits that turn one text into another: a letter added, taken away, changed, or two that changed places; `most` at most. */
function distance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1
  let [before, last]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const change = (last[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      const swapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1] ? (before[j - 2] ?? 0) + 1 : change
      row.push(Math.min(change, swapped, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    before = last
    last = row
  }
  return last[other.length] ?? most + 1
}

/** Names that somebody may have meant by another: a few letters away, or holding it, nearest first. */
export function nearNames(meant: string, names: readonly string[], most = 3): readonly string[] {
  const text = meant.toLowerCase()
  const allowed = Math.max(1, Math.floor(text.length / 5))
  return names
    .map((name) => {
      const other = name.toLowerCase()
      const away = distance(text, other, allowed)
      return { name, away: away <= allowed ? away : text.length > 3 && other.includes(text) ? allowed + 1 : Infinity }
    })
    .filter(({ away }) => away !== Infinity)
    .sort((a, b) => a.away - b.away || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name)
}
