import { parseAndCheckLogQL, QueryError } from '@girok/query'
import { parsePromQL } from '@girok/query/promql'
import type { Dashboard, QueryLanguage } from '../model/dashboard.ts'
import type { Fault } from './shape.ts'

/** Names that stand for durations, whatever is chosen. */
const DURATIONS = /\$(?:__(?:rate_)?interval|__range|__auto)\b|\$\{__(?:(?:rate_)?interval|range|auto)(?::\w+)?\}/g
const NUMBERS =
  /\$__(?:(?:rate_)?interval_ms|range_(?:s|ms)|from|to)\b|\$\{__(?:(?:rate_)?interval_ms|range_(?:s|ms)|from|to)(?::[\w:]+)?\}/g
const VARIABLES = /\$\w+|\$\{\w+(?::[^}]*)?\}|\[\[\w+(?::[^\]]*)?\]\]/g

const STRINGS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g

/** What a variable may stand for: a name, a duration, a number, an operand or a stage. One that makes a query is enough. */
const CANDIDATES: Readonly<Record<QueryLanguage, readonly string[]>> = {
  promql: ['a', '5m', '1', 'a{}'],
  logql: ['a', '5m', '1', '|= "a"'],
}
/** Ways to fill in the variables of one query that are tried: all of them for up to four variables. */
const MOST_WAYS = 4 ** 4
/**
 * What may be spent on one dashboard, so that the server is not held up for long: characters of all tries together, and for
 * each try the worth of so many, which is what an error costs. Queries beyond are not looked at.
 */
const MOST_CHARACTERS = 2 * 2 ** 20
const TRY_CHARACTERS = 500

/**
 * Queries that cannot be parsed, whatever their variables stand for: with the panel's title and what the parser says. Such
 * dashboards are kept all the same, with the text as it is; the panel shows the error.
 */
export function queryFaults({ panels, variables }: Pick<Dashboard, 'panels' | 'variables'>): readonly Fault[] {
  const faults: Fault[] = []
  const budget = parseBudget()
  for (const [index, { title, queries }] of panels.entries()) {
    for (const [at, { ref, language, expr }] of queries.entries()) {
      const fault = expr.trim() === '' ? undefined : faultOf(language, expr, budget)
      if (fault === undefined) continue
      const what = `query ${ref} of the panel ${JSON.stringify(title)} cannot be parsed: ${fault}`
      faults.push({ where: `panels[${index}].queries[${at}].expr`, what })
    }
  }
  for (const [index, variable] of variables.entries()) {
    if (variable.kind !== 'query') continue
    const fault = faultOf(variable.language, variable.expr, budget)
    if (fault === undefined) continue
    const what = `the query of the variable ${JSON.stringify(variable.name)} cannot be parsed: ${fault}`
    faults.push({ where: `variables[${index}].expr`, what })
  }
  return faults
}

/** What may still be spent on one dashboard. */
export interface ParseBudget {
  left: number
}

export function parseBudget(): ParseBudget {
  return { left: MOST_CHARACTERS }
}

/** What the parser says of a text that is no query whatever its variables stand for; undefined for one that is. */
export function faultOf(language: QueryLanguage, expr: string, budget: ParseBudget): string | undefined {
  const fixed = expr
    .replaceAll(DURATIONS, '5m')
    .replaceAll(NUMBERS, '300')
    .replaceAll(STRINGS, (string) => string.replaceAll(VARIABLES, 'a'))
  const names = [...new Set(fixed.match(VARIABLES) ?? [])]
  const candidates = CANDIDATES[language]
  const ways = Math.min(MOST_WAYS, candidates.length ** names.length)
  let first: string | undefined
  for (let way = 0; way < ways && budget.left > 0; way++) {
    budget.left -= fixed.length + TRY_CHARACTERS
    // The digits of the number of the way say which candidate each variable is.
    const digit = (index: number): number => Math.floor(way / candidates.length ** index) % candidates.length
    const chosen = new Map(names.map((name, index) => [name, candidates[digit(index)] as string]))
    const fault = parseFault(
      language,
      fixed.replaceAll(VARIABLES, (name) => chosen.get(name) ?? name),
    )
    if (fault === undefined) return undefined
    first ??= fault
  }
  return first
}

function parseFault(language: QueryLanguage, text: string): string | undefined {
  try {
    if (language === 'promql') parsePromQL(text)
    else parseAndCheckLogQL(text)
    return undefined
  } catch (error) {
    if (error instanceof QueryError) return error.message
    throw error
  }
}
