import type { DashboardOrigin, ListedDashboard } from '@girok/server/contract'

const rank: Readonly<Record<DashboardOrigin, number>> = { 'built-in': 0, file: 1, stored: 2 }

/** Dashboards whose title, tags or description hold all words; built-in ones first, then by title. */
export function findDashboards(
  all: readonly ListedDashboard[],
  search: string,
  tag: string | undefined,
): readonly ListedDashboard[] {
  const words = search.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean)
  const collator = new Intl.Collator(undefined, { numeric: true })
  return all
    .filter(({ title, tags, description = '' }) => {
      const text = [title, description, ...tags].join(' ').normalize('NFC').toLowerCase()
      return (tag === undefined || tags.includes(tag)) && words.every((word) => text.includes(word))
    })
    .sort((a, b) => rank[a.origin] - rank[b.origin] || collator.compare(a.title, b.title))
}

/** Tags, those of most dashboards first. */
export function tagsOf(all: readonly ListedDashboard[]): readonly { readonly tag: string; readonly count: number }[] {
  const counts = new Map<string, number>()
  for (const tag of all.flatMap(({ tags }) => [...new Set(tags)])) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1))
}
