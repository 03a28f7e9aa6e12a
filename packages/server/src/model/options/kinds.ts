import { parseBytes, parseDuration } from '@girok/query/settings'
import { z } from 'zod'

/** What a key holds; decides how text from the environment or a flag is read and how the value is printed. */
export type Kind = 'text' | 'count' | 'flag' | 'choice' | 'list' | 'bytes' | 'duration' | 'other'

/** What a schema says about its key besides its description; kept in zod's own metadata. */
export interface KeyMeta {
  readonly kind: Kind
  /** Completes "allowed is …". */
  readonly allowed: string
  readonly secret?: boolean
}

interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** Longest delay of a Node timer: 2^31 - 1 ms; longer ones fire at once. */
export const LONGEST_TIMER = '24d'

function annotate<S extends z.ZodType>(schema: S, meta: KeyMeta): S {
  return schema.meta({ ...meta })
}

/** Turns a parser that throws a RangeError into a schema with the same message. */
function parsed(parse: (value: string | number) => number) {
  return z.unknown().transform((value, context) => {
    if (typeof value === 'string' || typeof value === 'number') {
      try {
        return parse(value)
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        context.addIssue({ code: 'custom', message: error.message })
        return z.NEVER
      }
    }
    context.addIssue({ code: 'invalid_type', expected: 'string', input: value })
    return z.NEVER
  })
}

function bounded(parse: (value: string | number) => number, min: string, max: string | undefined) {
  const low = parse(min)
  const high = max === undefined ? Number.MAX_SAFE_INTEGER : parse(max)
  return parsed((value) => {
    const number = parse(value)
    if (number < low) throw new RangeError(`below the least allowed, ${min}`)
    if (number > high) throw new RangeError(`above the most allowed, ${max}`)
    return number
  })
}

/** A size in bytes; bounds inclusive. */
export function bytes(fallback: string, { min = '0', max }: { min?: string; max?: string } = {}) {
  const allowed = `a size such as 256KB, 8MiB or 1048576${min === '0' ? '' : `, at least ${min}`}`
  return annotate(bounded(parseBytes, min, max).prefault(fallback), { kind: 'bytes', allowed })
}

/** A duration, resolved to milliseconds; bounds inclusive. */
export function duration(fallback: string, { min = '0', max }: { min?: string; max?: string } = {}) {
  const range = `${min === '0' ? '' : `, at least ${min}`}${max === undefined ? '' : `, at most ${max}`}`
  const allowed = `a duration such as 100ms, 30s or 7d${range}`
  return annotate(bounded(parseDuration, min, max).prefault(fallback), { kind: 'duration', allowed })
}

/** A whole number; bounds inclusive. */
export function count(fallback: number, { min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds = {}) {
  const allowed =
    max === Number.MAX_SAFE_INTEGER ? `a whole number, at least ${min}` : `a whole number from ${min} to ${max}`
  return annotate(z.int().min(min).max(max).default(fallback), { kind: 'count', allowed })
}

/** A whole number that may be absent; bounds inclusive. */
export function optionalCount({ min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds = {}) {
  return annotate(z.int().min(min).max(max).optional(), {
    kind: 'count',
    allowed: `a whole number from ${min} to ${max}`,
  })
}

export function flag(fallback: boolean) {
  return annotate(z.boolean().default(fallback), { kind: 'flag', allowed: 'true or false' })
}

export function text(fallback: string, options: { allowed?: string; pattern?: RegExp; secret?: boolean } = {}) {
  const { allowed = 'text', pattern, secret = false } = options
  const schema = pattern ? z.string().regex(pattern) : z.string()
  return annotate(schema.default(fallback), { kind: 'text', allowed, secret })
}

/** Text that may be absent. */
export function optionalText(options: { allowed?: string; pattern?: RegExp; secret?: boolean } = {}) {
  const { allowed = 'text', pattern, secret = false } = options
  const schema = pattern ? z.string().regex(pattern) : z.string()
  return annotate(schema.optional(), { kind: 'text', allowed, secret })
}

/** One of some words; case does not matter in what is given. */
export function choice<const W extends string>(words: readonly [W, ...W[]], fallback: NoInfer<W>) {
  const schema = z.preprocess(
    (value) =>
      typeof value === 'string' ? (words.find((word) => word.toLowerCase() === value.toLowerCase()) ?? value) : value,
    z.enum(words),
  )
  return annotate(schema.prefault(fallback), { kind: 'choice', allowed: words.join(', ') })
}

export function list(
  item: { allowed: string; pattern: RegExp },
  defaults: readonly string[] = [],
  { secret = false }: { secret?: boolean } = {},
) {
  return annotate(z.array(z.string().regex(item.pattern)).default([...defaults]), {
    kind: 'list',
    allowed: `a list of ${item.allowed}`,
    secret,
  })
}
