import type { DashboardVariable } from '@girok/server/contract'
import { autoInterval, referencesIn, type VariableValue } from './interpolate.ts'

/** What stands in addresses for All. */
export const everyValue = '$__all'

/** A variable with the values that can be chosen. */
export interface VariableState {
  readonly variable: DashboardVariable
  /** Undefined until they are known; those of before stay while they are asked for again. */
  readonly options: readonly string[] | undefined
  /** Why the values could not be had; '' when they could. */
  readonly fault: string
}

/** The options of a variable that needs no data, undefined for one that does. */
export function fixedOptions(variable: DashboardVariable): readonly string[] | undefined {
  switch (variable.kind) {
    case 'custom':
    case 'interval':
      return variable.values
    case 'constant':
    case 'text':
      return [variable.value]
    default:
      return undefined
  }
}

/** Values that an expression keeps; its first group, if it has one, is the value. Each once, as people count. */
export function keptValues(values: readonly string[], regex: string | undefined): readonly string[] {
  const pattern = regex === undefined || regex === '' ? undefined : expressionOf(regex)
  const kept = values.flatMap((value) => {
    if (pattern === undefined) return [value]
    const match = pattern.exec(value)
    return match === null ? [] : [match[1] ?? match[0] ?? value]
  })
  const collator = new Intl.Collator(undefined, { numeric: true })
  return [...new Set(kept)].filter((value) => value !== '').sort(collator.compare)
}

function expressionOf(source: string): RegExp {
  const slashed = /^\/(.*)\/([a-z]*)$/s.exec(source)
  // Without a place kept between calls: `g` and `y` would make every second value miss.
  return slashed === null ? new RegExp(source) : new RegExp(slashed[1] ?? '', (slashed[2] ?? '').replace(/[gy]/g, ''))
}

/**
 * The values chosen: those of the address, else the dashboard's choice as far as it is among the options, else All where that
 * is offered, else the first. All is `[everyValue]`. A link may name values that have no data now: they stand.
 */
export function chosenValues(
  variable: DashboardVariable,
  options: readonly string[] | undefined,
  addressed: readonly string[] | undefined,
): readonly string[] {
  if (variable.kind === 'constant') return [variable.value]
  const limited = (values: readonly string[]): readonly string[] => {
    if (values.some((value) => value === everyValue || value === 'All') && variable.includeAll === true) {
      return [everyValue]
    }
    return variable.multi === true ? values : values.slice(0, 1)
  }
  if (addressed !== undefined && addressed.length > 0) return limited(addressed)
  if (variable.kind === 'text') return [variable.value]
  const { current = [] } = variable
  const there = current.filter(
    (value) => options === undefined || options.includes(value) || value === everyValue || value === 'All',
  )
  if (there.length > 0) return limited(there)
  if (variable.includeAll === true) return [everyValue]
  const [first] = options ?? []
  if (first !== undefined) return [first]
  return limited(current)
}

/** What a variable stands for in texts; `allWords` is the word for All in titles. */
export function variableValue(
  { variable, options }: VariableState,
  chosen: readonly string[],
  allWords: string,
): VariableValue {
  const many = variable.multi === true || variable.includeAll === true
  if (chosen[0] !== everyValue) return { values: chosen, many }
  return { values: options ?? [], many, all: variable.allValue, words: allWords }
}

/** The values that panels repeat over: those chosen, or all. */
export function repeatValues({ options }: VariableState, chosen: readonly string[]): readonly string[] {
  return chosen[0] === everyValue ? (options ?? []) : chosen
}

/** Names of the other variables that the values of one depend on. */
export function dependencies(variable: DashboardVariable, names: ReadonlySet<string>): readonly string[] {
  const text = variable.kind === 'labels' ? (variable.match ?? '') : variable.kind === 'query' ? variable.expr : ''
  return [...referencesIn(text)].filter((name) => names.has(name) && name !== variable.name)
}

/** Variables in the order in which their values can be asked for; what depends on itself in a circle comes last as it stands. */
export function inOrderOfNeed(variables: readonly DashboardVariable[]): readonly (readonly DashboardVariable[])[] {
  const names = new Set(variables.map(({ name }) => name))
  const rounds: DashboardVariable[][] = []
  const done = new Set<string>()
  let left = [...variables]
  while (left.length > 0) {
    const free = left.filter((variable) => dependencies(variable, names).every((name) => done.has(name)))
    const round = free.length === 0 ? left : free
    rounds.push(round)
    for (const { name } of round) done.add(name)
    left = left.filter((variable) => !round.includes(variable))
  }
  return rounds
}

/** Whether a value is a word of the app rather than data. */
export function isAuto(variable: DashboardVariable, value: string): boolean {
  return variable.kind === 'interval' && value === autoInterval
}
