import { parseBytes, parseDuration } from '@girok/query/settings'
import * as v from 'valibot'

const written = v.union([v.string(), v.number()])

function parsed(parse: (value: string | number) => number, least: number) {
  return v.rawTransform<string | number, number>(({ dataset, addIssue, NEVER }) => {
    try {
      const value = parse(dataset.value)
      if (value >= least) return value
      addIssue({ message: `is below the least allowed, ${least}` })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      addIssue({ message: error.message })
    }
    return NEVER
  })
}

/** An option that is a duration such as `250ms`, `5s` or `7d`; gives milliseconds, at least `least`. */
export const duration = (fallback: string, least = 0) =>
  v.optional(v.pipe(written, parsed(parseDuration, least)), fallback)

/** An option that is a size such as `256KiB` or `1GiB`; gives bytes, at least `least`. */
export const bytes = (fallback: string, least = 0) => v.optional(v.pipe(written, parsed(parseBytes, least)), fallback)
