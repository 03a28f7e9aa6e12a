import type { Transformation } from '../../model/dashboard.ts'
import { expressionOf, literally } from '../expression.ts'
import { itemsOf, type Json, jsonOf, namesOf, numberOf, textOf, wholeWithin } from './json.ts'
import type { Notes } from './notes.ts'
import { REDUCERS } from './reducers.ts'

const LONGEST_NAME = 200
const MOST = 50

/** The name that a field of Grafana has here. */
export type FieldName = (name: string) => string

type Import = (
  options: Json,
  context: { readonly field: FieldName; readonly notes: Notes },
) => readonly Transformation[]

/** What becomes of each transformation that there is something for. */
const IMPORTS: ReadonlyMap<string, Import> = new Map<string, Import>([
  ['organize', organize],
  ['merge', () => [{ kind: 'merge' }]],
  ['seriesToColumns', join],
  ['joinByField', join],
  ['reduce', reduce],
  ['filterFieldsByName', filterFields],
  ['sortBy', sortBy],
  ['limit', (options) => [{ kind: 'limit', count: wholeWithin(options.limitField, 0, 100_000, 10) }]],
  ['renameByRegex', renameByRegex],
  ['calculateField', calculate],
])

export function importTransformations(panel: Json, field: FieldName, notes: Notes): readonly Transformation[] {
  const made: Transformation[] = []
  for (const { id, options, disabled } of itemsOf(panel.transformations)) {
    const name = textOf(id)?.slice(0, 60) ?? 'without a name'
    const build = IMPORTS.get(name)
    if (disabled === true) notes.add(`the transformation ${name} is left out: it is switched off`)
    else if (build === undefined) notes.add(`the transformation ${name} is left out: there is none like it`)
    else made.push(...build(jsonOf(options), { field, notes }))
  }
  if (made.length > MOST) notes.add(`${made.length - MOST} transformations are left out: a panel keeps at most ${MOST}`)
  return made.slice(0, MOST)
}

function organize(options: Json, { field }: { readonly field: FieldName }): readonly Transformation[] {
  const exclude = names(namesOf(options.excludeByName).map(field))
  const places = Object.entries(jsonOf(options.indexByName)).flatMap(([name, at]) => {
    const place = numberOf(at)
    return place === undefined ? [] : [[field(name), place] as const]
  })
  const order = names(places.sort(([, a], [, b]) => a - b).map(([name]) => name))
  const rename = Object.entries(jsonOf(options.renameByName)).flatMap(([from, to]) => {
    const name = textOf(to)
    return name === undefined || from.length > LONGEST_NAME ? [] : [[field(from), name.slice(0, LONGEST_NAME)] as const]
  })
  return [
    {
      kind: 'organize',
      ...(exclude.length > 0 && { exclude }),
      ...(order.length > 0 && { order }),
      ...(rename.length > 0 && { rename: Object.fromEntries(rename.slice(0, 500)) }),
    },
  ]
}

function names(given: readonly string[]): readonly string[] {
  return [...new Set(given)].filter((name) => name.length <= LONGEST_NAME).slice(0, 500)
}

function join(options: Json, { notes }: { readonly notes: Notes }): readonly Transformation[] {
  const by = textOf(options.byField)?.slice(0, 60) ?? 'Time'
  notes.add(`the join by ${by} is a merge here: rows that agree in all texts and times become one`)
  if (options.mode === 'inner') notes.add('the inner join keeps rows that only one query has')
  return [{ kind: 'merge' }]
}

function reduce(options: Json, { notes }: { readonly notes: Notes }): readonly Transformation[] {
  const given = Array.isArray(options.reducers) ? options.reducers : ['max']
  const reducers = given.flatMap((name: unknown) => {
    const found = typeof name === 'string' ? REDUCERS.get(name) : undefined
    if (found === undefined) notes.add(`the reducer ${String(name).slice(0, 60)} is left out: there is none like it`)
    return found ?? []
  })
  if (options.mode === 'reduceFields') notes.add('reduce makes a row of each field, not one row of all')
  if (options.labelsToFields === true) notes.add('reduce makes no fields of labels')
  const distinct = [...new Set(reducers)]
  return distinct.length === 0 ? [] : [{ kind: 'reduce', reducers: distinct }]
}

function filterFields(
  options: Json,
  { field, notes }: { readonly field: FieldName; readonly notes: Notes },
): readonly Transformation[] {
  const [include, exclude] = ['include', 'exclude'].map((side) => {
    const { names: given, pattern, variable } = jsonOf(options[side])
    if (textOf(variable) !== undefined)
      notes.add(`the filter of fields by ${String(variable).slice(0, 60)} is left out`)
    const listed = Array.isArray(given) ? given.flatMap((name) => textOf(name) ?? []) : []
    const wanted = listed.length > 0 ? `^(?:${listed.map(field).map(literally).join('|')})$` : undefined
    const text = textOf(pattern)
    if (wanted !== undefined && text !== undefined)
      notes.add(`of a filter of fields the names count, not ${text.slice(0, 60)}`)
    return checked(wanted ?? text, notes)
  })
  if (include === undefined && exclude === undefined) return []
  return [
    { kind: 'filterFields', ...(include !== undefined && { include }), ...(exclude !== undefined && { exclude }) },
  ]
}

function checked(regex: string | undefined, notes: Notes): string | undefined {
  if (regex === undefined) return undefined
  if (regex.length <= 1_000 && expressionOf(regex) !== undefined) return regex
  notes.add(`the regular expression ${JSON.stringify(regex.slice(0, 100))} of a transformation is left out`)
  return undefined
}

/** By several fields: by the last first, since equal rows stay in their order. */
function sortBy(options: Json, { field }: { readonly field: FieldName }): readonly Transformation[] {
  return itemsOf(options.sort)
    .flatMap(({ field: name, desc }): Transformation[] => {
      const text = textOf(name)
      if (text === undefined || text.length > LONGEST_NAME) return []
      return [{ kind: 'sortBy', field: field(text), ...(desc === true && { descending: true }) }]
    })
    .reverse()
}

function renameByRegex(options: Json, { notes }: { readonly notes: Notes }): readonly Transformation[] {
  const regex = checked(textOf(options.regex), notes)
  if (regex === undefined) return []
  return [{ kind: 'renameByRegex', regex, to: (textOf(options.renamePattern) ?? '').slice(0, LONGEST_NAME) }]
}

function calculate(
  options: Json,
  { field, notes }: { readonly field: FieldName; readonly notes: Notes },
): readonly Transformation[] {
  const mode = textOf(options.mode) ?? 'reduceRow'
  const { left, right, operator } = jsonOf(options.binary)
  const op = (['+', '-', '*', '/'] as const).find((sign) => sign === operator)
  const [one, other] = [operandOf(left), operandOf(right)]
  if (mode !== 'binary' || op === undefined || one === undefined || other === undefined) {
    notes.add(`the field calculated by ${mode.slice(0, 60)} is left out: only + - * / of two fields can be calculated`)
    return []
  }
  if (options.replaceFields === true) notes.add('the field calculated stands beside the others, not in their place')
  const as = textOf(options.alias) ?? `${one} ${op} ${other}`
  return [{ kind: 'calculate', left: field(one), op, right: field(other), as: as.slice(0, LONGEST_NAME) }]
}

/** A name, a number, or a matcher by name. */
function operandOf(given: unknown): string | undefined {
  const { matcher, fixed } = jsonOf(given)
  const text = textOf(given) ?? textOf(fixed) ?? textOf(jsonOf(matcher).options) ?? numberOf(given)?.toString()
  return text?.slice(0, LONGEST_NAME)
}
