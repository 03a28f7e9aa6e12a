import { GirokError } from '../../model/errors.ts'
import type { RuleLanguage } from '../../model/rules.ts'
import type { ExpandTemplates } from '../alerts/alert-state.ts'
import type { ExpansionScope } from '../alerts/expand.ts'
import { withTemplateQueries } from '../alerts/expand-with-queries.ts'
import type { RuleQueries } from '../rules/rule-answer.ts'
import { isOfEvaluation } from './piecewise-answers.ts'

/** Queries of the templates of labels, each at one evaluation; and of annotations, each of one alert. */
export const MOST_QUESTIONS = 5_000

/**
 * Expands templates that ask queries, as the rule does when it runs: a query that fails is told in its place, but a store
 * that does not answer rejects. So many questions may be asked; what becomes of more is for `more` to say.
 */
export class TemplateQuestions {
  readonly #language: RuleLanguage
  readonly #queries: RuleQueries
  readonly #more: 'reject' | 'tell'
  #asked = 0

  /** @param more whether one question too many rejects with `limit_exceeded`, or is told in the text that asks it */
  constructor(language: RuleLanguage, queries: RuleQueries, more: 'reject' | 'tell') {
    this.#language = language
    this.#queries = queries
    this.#more = more
  }

  /** Runs work whose templates may ask queries as of `scope.nowMs`. Work must leave no traces. */
  async expand<T>(scope: Omit<ExpansionScope, 'query'>, work: (expand: ExpandTemplates) => T): Promise<T> {
    let broken: { readonly error: unknown } | undefined
    const ask: RuleQueries['instant'] = async (query, timeMs) => {
      if (++this.#asked > MOST_QUESTIONS) {
        const error = tooMany()
        if (this.#more === 'reject') broken ??= { error }
        throw error
      }
      try {
        return await this.#queries.instant(query, timeMs)
      } catch (error) {
        if (!isOfEvaluation(error)) broken ??= { error }
        throw error
      }
    }
    const done = await withTemplateQueries(this.#language, scope, (query) => ask(query, scope.nowMs), work).then(
      (value) => ({ value }),
      (fault: unknown) => ({ fault }),
    )
    if (broken !== undefined) throw (broken as { readonly error: unknown }).error
    if ('fault' in done) throw done.fault
    return done.value
  }
}

function tooMany(): GirokError {
  return new GirokError(
    'limit_exceeded',
    `the templates of the rule ask more than ${MOST_QUESTIONS.toLocaleString('en')} queries in this back-test: take a longer interval or a shorter time`,
  )
}
