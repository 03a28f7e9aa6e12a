import { compileSearch } from '../eval/regex/test.ts'
import { utf8Length } from '../text/quantity.ts'
import type { ProcessEntry } from './entry.ts'
import { StageOptions } from './options.ts'
import { StageProblem } from './problem.ts'
import { compileRegex } from './regex.ts'
import { textOfValue } from './value.ts'

/** Whether an entry fulfils all conditions of a `drop` or `keep` stage. */
export type Condition = (entry: ProcessEntry, nowMs: number) => boolean

export interface ConditionOptions {
  readonly holds: Condition
  /** What entries taken out are counted under. */
  readonly reason: string
}

const NAMES = ['source', 'separator', 'expression', 'value', 'olderThan', 'longerThan', 'dropCounterReason']

/** Reads the options that `drop` and `keep` share. At least one condition must be given. */
export function readConditions(given: unknown, at: string, reason: string): ConditionOptions {
  const options = new StageOptions(given, at, NAMES)
  const sources = options.texts('source')
  const separator = options.text('separator') ?? ';'
  const value = options.text('value')
  const expression = options.text('expression')
  const conditions: Condition[] = []
  if (value !== undefined && expression !== undefined) {
    throw options.problem('value', 'stands beside expression: give only one of them')
  }
  if (value !== undefined && sources === undefined)
    throw options.problem('source', 'is missing: value is compared with an extracted value')
  if (sources !== undefined) {
    if (sources.length === 0) throw options.problem('source', 'is empty: give the name of an extracted value')
    const joined = joinSources(sources, separator)
    const test = testOf(value, expression, options)
    conditions.push((entry) => {
      const text = joined(entry)
      return text !== undefined && (test === undefined || test(text))
    })
  } else if (expression !== undefined) {
    const test = testOf(undefined, expression, options) as (text: string) => boolean
    conditions.push((entry) => test(entry.line))
  }
  const olderThan = options.durationMs('olderThan')
  if (olderThan !== undefined) {
    conditions.push((entry, nowMs) => entry.timeNs < BigInt(Math.floor(nowMs - olderThan)) * 1_000_000n)
  }
  const longerThan = options.bytes('longerThan')
  if (longerThan !== undefined) {
    // A character takes three bytes at most.
    conditions.push(
      ({ line }) => line.length > longerThan || (line.length * 3 > longerThan && utf8Length(line) > longerThan),
    )
  }
  if (conditions.length === 0) {
    throw new StageProblem(at, 'says not which entries: give source, expression, olderThan or longerThan')
  }
  return {
    reason: options.text('dropCounterReason') ?? reason,
    holds: (entry, nowMs) => {
      for (const condition of conditions) if (!condition(entry, nowMs)) return false
      return true
    },
  }
}

/** The extracted values joined; undefined as soon as one is missing. */
function joinSources(sources: readonly string[], separator: string): (entry: ProcessEntry) => string | undefined {
  const [only] = sources
  if (sources.length === 1 && only !== undefined) return ({ extracted }) => textOfValue(extracted?.get(only))
  return ({ extracted }) => {
    const values: string[] = []
    for (const source of sources) {
      const value = textOfValue(extracted?.get(source))
      if (value === undefined) return undefined
      values.push(value)
    }
    return values.join(separator)
  }
}

function testOf(
  value: string | undefined,
  expression: string | undefined,
  options: StageOptions,
): ((text: string) => boolean) | undefined {
  if (value !== undefined) return (text) => text === value
  if (expression === undefined) return undefined
  compileRegex(expression, options.path('expression'))
  return compileSearch(expression)
}
