/** One part of a layout: literal text, or an element of a time by its spelling in the reference time. */
export interface LayoutPart {
  readonly kind: 'text' | 'element' | 'fraction'
  /** The text; the element's spelling; for a fraction `.000` or `,999`. */
  readonly text: string
}

/** Longer spellings stand before those that they begin with. */
const ELEMENTS =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|__2|_2006|_2|3|4|5|PM|pm|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07|[.,](?:0+|9+)(?!\d)/g

const layouts = new Map<string, readonly LayoutPart[]>()
const MAX_LAYOUTS = 200

/** Cuts a layout, which is Go's reference time `Mon Jan 2 15:04:05 MST 2006` in any arrangement, into its parts. */
export function readLayout(layout: string): readonly LayoutPart[] {
  const known = layouts.get(layout)
  if (known !== undefined) return known
  const parts: LayoutPart[] = []
  let at = 0
  const text = (end: number) => {
    if (end > at) parts.push({ kind: 'text', text: layout.slice(at, end) })
  }
  for (const match of layout.matchAll(ELEMENTS)) {
    const spelled = match[0]
    const first = spelled[0]
    // `_2006` is an underscore and a year.
    const start = spelled === '_2006' ? match.index + 1 : match.index
    text(start)
    const isFraction = first === '.' || first === ','
    parts.push({ kind: isFraction ? 'fraction' : 'element', text: spelled === '_2006' ? '2006' : spelled })
    at = match.index + spelled.length
  }
  text(layout.length)
  if (layouts.size >= MAX_LAYOUTS) layouts.clear()
  layouts.set(layout, parts)
  return parts
}
