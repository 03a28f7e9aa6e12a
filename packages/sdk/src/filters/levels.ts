import type { Filter } from '../filter.ts'
import { levelValue } from '../level.ts'

export interface LevelsOptions {
  /** Default: no lower bound. */
  readonly min?: number | string
  /** Included. Default: no upper bound. */
  readonly max?: number | string
}

/**
 * Records from `min` to `max`, both included: with `{ min: 'INFO', max: 'INFO' }` a handler takes only this level.
 * @throws RangeError for an unknown level, or when min is above max
 */
export function levelsFilter({ min = 0, max = Number.POSITIVE_INFINITY }: LevelsOptions): Filter {
  const lowest = levelValue(min)
  const highest = levelValue(max)
  if (lowest > highest) throw new RangeError(`levelsFilter: min is ${min}, which is above max, ${max}`)
  return ({ level }) => level >= lowest && level <= highest
}
