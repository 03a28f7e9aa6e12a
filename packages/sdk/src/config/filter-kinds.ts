import { type Filter, nameFilter } from '../filter.ts'
import { levelValue } from '../level.ts'
import { level, text } from './check.ts'
import type { Kinds } from './kind.ts'

interface LevelRange {
  readonly min?: number | string
  readonly max?: number | string
}

/** Kinds of filters. */
export const FILTER_KINDS: Kinds<Filter> = {
  /** Python's: records of one logger and of those below. */
  name: { keys: { name: text }, make: ({ name = '' }: { name?: string }) => nameFilter(name) },
  /** Records from one level to another, both included: what a second handler does not take. */
  level: {
    keys: { min: level, max: level },
    make({ min = 0, max = 'OFF' }: LevelRange): Filter {
      const [least, most] = [levelValue(min), levelValue(max)]
      return (record) => record.level >= least && record.level <= most
    },
  },
}
