import type { Filter } from '../filter.ts'
import { levelsFilter } from '../filters/levels.ts'
import { nameFilter } from '../filters/name.ts'
import { level, text } from './check.ts'
import { defineKind, type Kinds } from './kind.ts'

/** Kinds of filters. */
export const FILTER_KINDS: Kinds<Filter> = {
  /** Python's: records of one logger and of those below. */
  name: defineKind({ name: text }, ({ name = '' }: { name?: string }) => nameFilter(name)),
  levels: defineKind({ min: level, max: level }, levelsFilter),
}
