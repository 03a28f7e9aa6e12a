import type { Labels } from '@girok/query'

/**
 * Label sets as a message between threads: each distinct text once, and for every set the number of its labels and the
 * places of their names and values. A message of Maps takes three times as long to read back.
 */
export interface LabelTable {
  readonly texts: readonly string[]
  readonly cells: Uint32Array
}

/** Packs label sets, in order. */
export function packLabels(sets: Iterable<Labels>): LabelTable {
  const places = new Map<string, number>()
  const cells: number[] = []
  const placeOf = (text: string): number => {
    let place = places.get(text)
    if (place === undefined) {
      place = places.size
      places.set(text, place)
    }
    return place
  }
  for (const labels of sets) {
    cells.push(labels.size)
    for (const [name, value] of labels) cells.push(placeOf(name), placeOf(value))
  }
  return { texts: [...places.keys()], cells: Uint32Array.from(cells) }
}

/** The label sets of a table, in order. */
export function* unpackLabels({ texts, cells }: LabelTable): Generator<Labels, undefined> {
  let at = 0
  while (at < cells.length) {
    const labels = new Map<string, string>()
    for (let left = cells[at++] as number; left > 0; left--) {
      labels.set(texts[cells[at++] as number] as string, texts[cells[at++] as number] as string)
    }
    yield labels
  }
}
