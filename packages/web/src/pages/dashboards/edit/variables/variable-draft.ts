import type { DashboardVariable } from '@girok/server/contract'
import { linesOf, withFields } from '../panel/list-order.ts'
import { regexFault } from '../panel/transformation-kinds.ts'

export type VariableKind = DashboardVariable['kind']
export type VariableOf<K extends VariableKind> = Extract<DashboardVariable, { readonly kind: K }>

export const variableKinds: readonly VariableKind[] = ['labels', 'query', 'custom', 'interval', 'text', 'constant']

type Common = Pick<DashboardVariable, 'name' | 'label' | 'multi' | 'includeAll' | 'allValue' | 'current' | 'hidden'>

/** What a variable has whatever its kind. */
function commonOf({ name, label, multi, includeAll, allValue, current, hidden }: DashboardVariable): Common {
  return withFields<Common>({ name }, { label, multi, includeAll, allValue, current, hidden })
}

/** The same variable with values of another kind; what both kinds have stays. */
export function ofKind(variable: DashboardVariable, kind: VariableKind): DashboardVariable {
  const common = commonOf(variable)
  const labelName = 'labelName' in variable ? variable.labelName : ''
  switch (kind) {
    case 'labels':
      return { ...common, kind, source: 'metrics', labelName }
    case 'query':
      return { ...common, kind, language: 'promql', expr: '', labelName }
    case 'custom':
      return { ...single(common), kind, values: 'values' in variable ? variable.values : [] }
    case 'interval':
      return { ...single(common), kind, values: 'values' in variable ? variable.values : ['1m', '5m', '15m', '1h'] }
    case 'text':
    case 'constant':
      return { ...single(common), kind, value: 'value' in variable ? variable.value : '' }
  }
}

/** What is chosen belongs to the values of before. */
function single(common: Common): Common {
  return withFields(common, { current: undefined })
}

/** A variable whose name no other has. */
export function blankVariable(others: readonly DashboardVariable[]): DashboardVariable {
  const taken = new Set(others.map(({ name }) => name))
  let name = 'variable'
  for (let count = 2; taken.has(name); count += 1) name = `variable${count}`
  return { name, kind: 'labels', source: 'metrics', labelName: '' }
}

/** Whether one of several values, or all, can be chosen of such variables. */
export function offersMany({ kind }: DashboardVariable): boolean {
  return kind === 'labels' || kind === 'query' || kind === 'custom'
}

export type VariableFault = 'name' | 'reserved' | 'twice' | 'labelName' | 'expr' | 'values' | 'regex'

/** What is missing or wrong in a variable; undefined when it can be kept. */
export function variableFault(
  variable: DashboardVariable,
  others: readonly DashboardVariable[],
): VariableFault | undefined {
  if (!/^\w{1,100}$/.test(variable.name)) return 'name'
  // These names stand for the time and the step in every query.
  if (variable.name.startsWith('__')) return 'reserved'
  if (others.some(({ name }) => name === variable.name)) return 'twice'
  switch (variable.kind) {
    case 'labels':
      if (variable.labelName.trim() === '') return 'labelName'
      return regexFault(variable.regex) === undefined ? undefined : 'regex'
    case 'query':
      if (variable.expr.trim() === '') return 'expr'
      if (variable.labelName.trim() === '') return 'labelName'
      return regexFault(variable.regex) === undefined ? undefined : 'regex'
    case 'custom':
    case 'interval':
      return variable.values.length === 0 ? 'values' : undefined
    default:
      return undefined
  }
}

/** A variable as it is kept: without what its kind has no use for. */
export function tidiedVariable(variable: DashboardVariable): DashboardVariable {
  const many = offersMany(variable)
  const tidied = withFields<Common>(variable, {
    label: variable.label?.trim() || undefined,
    multi: (many && variable.multi) || undefined,
    includeAll: (many && variable.includeAll) || undefined,
    allValue: (many && variable.includeAll && variable.allValue) || undefined,
    hidden: variable.hidden || undefined,
  }) as DashboardVariable
  if (tidied.kind !== 'labels' && tidied.kind !== 'query') return tidied
  const narrowed = withFields<VariableOf<'labels'> | VariableOf<'query'>>(tidied, { regex: tidied.regex || undefined })
  return narrowed.kind === 'labels' ? withFields(narrowed, { match: narrowed.match?.trim() || undefined }) : narrowed
}

/** Values as people write them: one per line, or on one line with commas between. */
export function valuesOf(text: string): readonly string[] {
  const lines = linesOf(text)
  const [only] = lines
  if (lines.length !== 1 || only === undefined) return [...new Set(lines)]
  return [...new Set(linesOf(only.replaceAll(',', '\n')))]
}
