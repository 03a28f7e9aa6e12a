import { n, t } from '../../../shell/i18n.ts'
import { everyValue, isAuto, type VariableState } from '../model/variables.ts'

/** The values chosen, short enough for a button. */
export function wordsOf({ variable }: VariableState, values: readonly string[]): string {
  const [first, ...others] = values
  if (first === undefined) return t('dashboards.noValue')
  const words = wordOf(variable, first)
  return others.length === 0 ? words : t('dashboards.chosen', { first: words, count: n(others.length) })
}

/** A value as people read it. */
export function wordOf(variable: VariableState['variable'], value: string): string {
  if (value === everyValue) return t('dashboards.all')
  return isAuto(variable, value) ? t('dashboards.auto') : value
}
