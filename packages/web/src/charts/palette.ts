import { levelOfName } from '../level/names.ts'
import type { ChartSeries } from './frame.ts'

/** Eight colours that people with colour-blindness tell apart, for both themes (Okabe and Ito's set, adapted). */
const colours: readonly string[] = [
  '#3b9ede',
  '#e69f00',
  '#2bb58a',
  '#d07ab0',
  '#d9652b',
  '#8f83e0',
  '#a8a13a',
  '#8a949e',
]
/** After eight series the colours come again with broken lines. */
const dashes: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 3, 2, 3]]

/** Colour of a series that is like one that is not there. */
const earlierAlone = '#8a949e'

export interface Ink {
  /** A CSS colour, possibly a custom property of the theme. */
  readonly colour: string
  /** Lengths of strokes and gaps in pixels; empty for an unbroken line. */
  readonly dash: readonly number[]
}

/** Colour of each series by its name. It rests on the order of names, so that sorting changes no colour. */
export function inksOf(series: readonly ChartSeries[]): ReadonlyMap<string, Ink> {
  const inks = new Map<string, Ink>()
  let next = 0
  for (const one of [...series].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (one.like !== undefined) continue
    const level = levelColour(one.labels)
    if (level !== undefined) {
      inks.set(one.name, { colour: level, dash: [] })
      continue
    }
    inks.set(one.name, {
      colour: colours[next % colours.length] ?? '#888888',
      dash: dashes[Math.floor(next / colours.length) % dashes.length] ?? [],
    })
    next += 1
  }
  for (const { name, like } of series) {
    if (like !== undefined) inks.set(name, { colour: inks.get(like)?.colour ?? earlierAlone, dash: [4, 4] })
  }
  return inks
}

/** Series by level have the colours that levels have everywhere. */
function levelColour(labels: Readonly<Record<string, string>>): string | undefined {
  const [entry, second] = Object.entries(labels)
  if (entry === undefined || second !== undefined || !['level', 'detected_level', 'severity'].includes(entry[0])) {
    return undefined
  }
  const level = levelOfName(entry[1])
  return level === 'unknown' ? undefined : `var(--bar-${level})`
}

/** The colour as a canvas understands it, by the theme of the element. */
export function resolveColour(element: Element, colour: string): string {
  const property = /^var\((--[\w-]+)\)$/.exec(colour)?.[1]
  return property === undefined ? colour : getComputedStyle(element).getPropertyValue(property).trim()
}
