import type { z } from 'zod'
import { declaredAt, type Leaf, mapLeaves } from '../../../model/options/declared.ts'
import { printDuration } from './durations.ts'
import { YOUNG_DEFAULTS } from './global-section.ts'
import { SECRET } from './read-declared.ts'

/**
 * A value that was read by its declaration, as it may be shown: secrets hidden, durations as text, without what is empty,
 * off or zero by itself.
 */
export function shownBy(schema: z.ZodType, value: unknown): unknown {
  const shown = mapLeaves(schema, value, (leaf) => {
    if (leaf.value === undefined) return undefined
    if (leaf.isSecret) return leaf.value === '' ? undefined : SECRET
    if (leaf.key !== 'send_resolved' && isNothing(leaf, schema)) return undefined
    if (leaf.meta?.kind === 'duration' && typeof leaf.value === 'number') return printDuration(leaf.value)
    return leaf.value
  })
  return withoutEmpty(shown)
}

/** An empty text that takes the place of a default says something, and so does a flag that is off; others do not. */
function isNothing({ value, path, key }: Leaf, schema: z.ZodType): boolean {
  if (YOUNG_DEFAULTS.get(key) === value) return true
  if (value !== '' && value !== 0 && value !== false) return false
  const byItself: unknown = declaredAt(schema, path)?.safeParse(undefined).data
  return byItself === value || (value === '' && byItself === undefined)
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
