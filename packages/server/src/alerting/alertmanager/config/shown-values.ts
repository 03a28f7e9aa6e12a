import type { z } from 'zod'
import { declaredAt, mapLeaves } from './declared.ts'
import { printDuration } from './durations.ts'
import { SECRET } from './read-declared.ts'

/** A value that was read by its declaration, as it may be shown: secrets hidden, durations as text, without empty parts. */
export function shownBy(schema: z.ZodType, value: unknown): unknown {
  const shown = mapLeaves(schema, value, (leaf) => {
    if (leaf.value === undefined) return undefined
    if (leaf.isSecret) return leaf.value === '' ? undefined : SECRET
    if (leaf.meta?.kind === 'duration' && typeof leaf.value === 'number') return printDuration(leaf.value)
    // An empty text that takes the place of a default says something; the others do not.
    if (leaf.value === '' && !declaredAt(schema, leaf.path)?.safeParse(undefined).data) return undefined
    return leaf.value
  })
  return withoutEmpty(shown)
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (typeof value !== 'object' || value === null) return value
  const kept: [string, unknown][] = []
  for (const [key, one] of Object.entries(value)) {
    const left = withoutEmpty(one)
    const isEmpty = typeof left === 'object' && left !== null && Object.keys(left).length === 0
    if (left !== undefined && left !== null && !isEmpty) kept.push([key, left])
  }
  return Object.fromEntries(kept)
}
