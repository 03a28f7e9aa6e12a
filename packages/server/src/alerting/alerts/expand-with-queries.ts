import { type AlertTemplateSample, type MetricExpr, parseAndCheckLogQL } from '@girok/query'
import { parsePromQL } from '@girok/query/promql'
import type { RuleLanguage } from '../../model/rules.ts'
import type { RuleQuery } from '../rules/rule.ts'
import type { ExpandTemplates } from './alert-state.ts'
import { type ExpansionScope, expandTemplates } from './expand.ts'

/** A query of a template may depend on the answer of another; deeper than this they stay without answer. */
const MOST_ROUNDS = 5

/**
 * Runs work that expands templates, whose queries take time while expanding does not: where an answer is missing, it is
 * fetched and the work done anew. Work must leave no traces. Rejects with what work throws once it has its answers.
 *
 * @param ask answers a query as of the time of evaluation
 */
export async function withTemplateQueries<T>(
  language: RuleLanguage,
  scope: Omit<ExpansionScope, 'query'>,
  ask: (query: RuleQuery) => Promise<readonly AlertTemplateSample[]>,
  work: (expand: ExpandTemplates) => T,
): Promise<T> {
  const answers = new Map<string, readonly AlertTemplateSample[] | Error>()
  for (let round = 0; ; round++) {
    const wanted = new Set<string>()
    const query = (text: string): readonly AlertTemplateSample[] => {
      const answer = answers.get(text)
      if (answer instanceof Error) throw answer
      if (answer === undefined) wanted.add(text)
      return answer ?? []
    }
    const done = attempt(() => work((templates, value) => expandTemplates(templates, value, { ...scope, query })))
    if (wanted.size === 0 || round === MOST_ROUNDS) {
      if ('fault' in done) throw done.fault
      return done.value
    }
    for (const text of wanted) answers.set(text, await answered(text, language, ask))
  }
}

/** What work gives or throws. Without its answers it may fail where it does not with them: two alerts may seem to be the same. */
function attempt<T>(work: () => T): { readonly value: T } | { readonly fault: unknown } {
  try {
    return { value: work() }
  } catch (fault) {
    return { fault }
  }
}

async function answered(
  text: string,
  language: RuleLanguage,
  ask: (query: RuleQuery) => Promise<readonly AlertTemplateSample[]>,
): Promise<readonly AlertTemplateSample[] | Error> {
  try {
    return await ask(parsed(text, language))
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function parsed(text: string, language: RuleLanguage): RuleQuery {
  if (language === 'promql') return { language, text, tree: parsePromQL(text) }
  const tree = parseAndCheckLogQL(text)
  if (tree.kind === 'log') throw new Error('a template needs a metric query, this one gives lines')
  return { language, text, tree: tree as MetricExpr }
}
