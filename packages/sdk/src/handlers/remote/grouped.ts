/**
 * Entries of the form `<group>\t<item>`, gathered by group in order of first appearance; what `write` makes of each group
 * and its items (joined with commas), joined with commas. JSON holds no tabs, so that both parts may be JSON.
 */
export function grouped(entries: readonly string[], write: (group: string, items: string) => string): string {
  const groups = new Map<string, string>()
  for (const entry of entries) {
    const tab = entry.indexOf('\t')
    const group = entry.slice(0, tab)
    const item = entry.slice(tab + 1)
    const items = groups.get(group)
    groups.set(group, items === undefined ? item : `${items},${item}`)
  }
  return [...groups].map(([group, items]) => write(group, items)).join(',')
}
