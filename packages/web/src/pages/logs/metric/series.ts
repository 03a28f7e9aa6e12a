import type { Labels } from '../../../api/entry.ts'

/** Eight colours that people with colour-blindness tell apart, for both themes (Okabe and Ito's set, adapted). */
export const seriesColours: readonly string[] = [
  '#3b9ede',
  '#e69f00',
  '#2bb58a',
  '#d07ab0',
  '#d9652b',
  '#8f83e0',
  '#a8a13a',
  '#8a949e',
]

/** `{level="error", service_name="api"}`; the series without labels is `{}`. */
export function seriesName(metric: Labels): string {
  const pairs = Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${pairs.map(([name, value]) => `${name}="${value}"`).join(', ')}}`
}
