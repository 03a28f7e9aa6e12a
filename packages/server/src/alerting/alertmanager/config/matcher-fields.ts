import { z } from 'zod'
import { makeMatcher } from '../matchers/make-matcher.ts'
import type { Matcher } from '../matchers/matcher.ts'
import { MatcherFault } from '../matchers/matcher-fault.ts'
import { parseMatchers } from '../matchers/parse-matchers.ts'
import { compareMatchers } from '../matchers/print-matcher.ts'
import type { Path, Reported } from './config-text.ts'

const map = z.record(z.string(), z.string()).optional()
const list = z.array(z.string()).optional()

/** `match`, `match_re` and `matchers`, of inhibition rules with `source_` or `target_` before. */
export function matcherFields<P extends '' | 'source_' | 'target_'>(prefix: P) {
  return {
    [`${prefix}match`]: map,
    [`${prefix}match_re`]: map,
    [`${prefix}matchers`]: list,
  } as Record<`${P}match` | `${P}match_re`, typeof map> & Record<`${P}matchers`, typeof list>
}

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** The matchers of the three fields together, in Alertmanager's order. */
export function readMatchers(
  fields: Readonly<Record<string, unknown>>,
  prefix: '' | 'source_' | 'target_',
  path: Path,
  reported: Reported,
): readonly Matcher[] {
  const found: Matcher[] = []
  const attempt = (at: Path, read: () => readonly Matcher[]): void => {
    try {
      found.push(...read())
    } catch (error) {
      if (!(error instanceof MatcherFault)) throw error
      reported.problem(at, error.message)
    }
  }
  for (const [key, op] of [[`${prefix}match`, '='] as const, [`${prefix}match_re`, '=~'] as const]) {
    for (const [name, value] of Object.entries((fields[key] ?? {}) as Readonly<Record<string, string>>)) {
      const at = [...path, key, name]
      if (!NAME.test(name)) {
        reported.problem(at, `${JSON.stringify(name)} cannot be a name here: ${prefix}matchers takes any`, 'key')
        continue
      }
      // A pattern of match_re is known by its anchored form, in group keys too.
      attempt(at, () => [makeMatcher(name, op, op === '=~' ? `^(?:${value})$` : value)])
    }
  }
  const lines = (fields[`${prefix}matchers`] ?? []) as readonly string[]
  lines.forEach((line, index) => {
    attempt([...path, `${prefix}matchers`, index], () => parseMatchers(line))
  })
  return found.sort(compareMatchers)
}
