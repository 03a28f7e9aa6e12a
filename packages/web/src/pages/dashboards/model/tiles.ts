import type { Labels } from '../../../api/entry.ts'
import { type Reducer, reduceValues, type Table } from './table.ts'

/** One number to be shown large. */
export interface Tile {
  readonly name: string
  readonly value: number | null
  /** Its course over time; undefined for a number of one moment. */
  readonly course: readonly (number | null)[] | undefined
  readonly labels: Labels
}

/** The numbers of tables: one of each series, reduced; or one of each row and column of numbers. */
export function tilesOf(tables: readonly Table[], reducer: Reducer): readonly Tile[] {
  return tables.flatMap((table) => {
    const numbers = table.fields.filter(({ kind }) => kind === 'number')
    if (table.fields.some(({ kind }) => kind === 'time')) {
      return numbers.map(({ name, values, labels = {} }): Tile => {
        const course = values.map((value) => (typeof value === 'number' ? value : null))
        return { name, value: reduceValues(course, reducer), course, labels }
      })
    }
    const texts = table.fields.filter(({ kind }) => kind === 'text')
    const tiles: Tile[] = []
    for (let row = 0; row < table.rows; row += 1) {
      const labels: Labels = Object.fromEntries(texts.map(({ name, values }) => [name, String(values[row] ?? '')]))
      const words = Object.values(labels).filter((word) => word !== '')
      for (const { name, values } of numbers) {
        const value = values[row]
        const own = numbers.length > 1 || words.length === 0 ? [...words, name] : words
        tiles.push({ name: own.join(' '), value: typeof value === 'number' ? value : null, course: undefined, labels })
      }
    }
    return tiles
  })
}
