import type { Labels } from '../../../api/entry.ts'

/** A series with the query that it comes from, as far as its name needs them. */
export interface Named {
  readonly labels: Labels
  /** With variables filled in; '' or `__auto`: the labels that differ. */
  readonly legend: string
  readonly expr: string
}

/** Names for people, one per series in their order: by the legend of the query, else by the labels that differ. */
export function seriesTitles(series: readonly Named[]): readonly string[] {
  const differing = differingLabels(series.map(({ labels }) => labels))
  const titles = series.map(({ labels, legend, expr }) => {
    if (legend !== '' && legend !== '__auto') return filled(legend, labels)
    return (
      byLabels(labels, differing) || labels.__name__ || (Object.keys(labels).length === 0 ? expr : allLabels(labels))
    )
  })
  return distinct(titles)
}

/** `{{model}}` is the value of a label, nothing where the series has none. */
function filled(legend: string, labels: Labels): string {
  return legend.replace(/\{\{\s*([\w.:-]+)\s*\}\}/g, (_, name: string) => labels[name] ?? '').trim()
}

function differingLabels(all: readonly Labels[]): readonly string[] {
  const names = [...new Set(all.flatMap((labels) => Object.keys(labels)))].sort()
  return names.filter((name) => new Set(all.map((labels) => labels[name] ?? '')).size > 1)
}

/** One value alone says enough; of several each stands with its label. */
function byLabels(labels: Labels, names: readonly string[]): string {
  const present = names.filter((name) => (labels[name] ?? '') !== '')
  if (names.length === 1) return labels[names[0] ?? ''] ?? ''
  return present.map((name) => (name === '__name__' ? labels[name] : `${name}=${labels[name]}`)).join(' ')
}

function allLabels(labels: Labels): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return pairs.map(([name, value]) => `${name}=${value}`).join(' ')
}

/** Series are known by their names: of equal ones each after the first has a number. */
function distinct(titles: readonly string[]): readonly string[] {
  const seen = new Map<string, number>()
  return titles.map((title) => {
    const count = (seen.get(title) ?? 0) + 1
    seen.set(title, count)
    return count === 1 ? title : `${title} (${count})`
  })
}
