import { type Filter, nameFilter } from '../filter.ts'
import { levelsFilter } from '../filters/levels.ts'
import { level, text } from './check.ts'
import type { Kinds } from './kind.ts'

/** Kinds of filters. */
export const FILTER_KINDS: Kinds<Filter> = {
  /** Python's: records of one logger and of those below. */
  name: { keys: { name: text }, make: ({ name = '' }: { name?: string }) => nameFilter(name) },
  levels: { keys: { min: level, max: level }, make: levelsFilter },
}
