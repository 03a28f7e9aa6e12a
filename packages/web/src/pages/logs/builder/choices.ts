import { printExpr, printSelector } from '@girok/query'
import type { FieldsResponse } from '@girok/server/contract'
import { fetchFields } from '../../../api/girok.ts'
import { fetchLabels, fetchLabelValues } from '../../../api/loki.ts'
import { n, t } from '../../../shell/i18n.ts'
import { range } from '../model/explorer.ts'
import type { FieldOrigin } from '../query/rewrite.ts'
import { oneLine } from '../rows/visible-text.ts'
import { buildExpr } from './build.ts'
import { isCompleteMatcher, nowhere } from './build-stage.ts'
import type { Choice } from './combobox.tsx'
import type { BuilderModel } from './model.ts'

/** A field of the lines, and where it comes from. */
export interface FieldChoice extends Choice {
  readonly origin: FieldOrigin
}

const hourNs = 3_600_000_000_000n
const sampledLines = 1000

/** The range on screen; the last hour when the address holds none. */
function span(): { readonly from: bigint; readonly to: bigint } {
  const now = BigInt(Date.now()) * 1_000_000n
  return range.peek() ?? { from: now - hourNs, to: now }
}

/** The selector without one of its rows, `{}` when nothing is left. */
function selectorWithout(model: BuilderModel, index: number): string {
  const matchers = model.matchers.filter((row, at) => at !== index && isCompleteMatcher(row))
  return printSelector({
    matchers: matchers.filter(isCompleteMatcher).map((row) => ({ ...row, at: nowhere })),
    at: nowhere,
  })
}

/** Names of labels of the streams that the other rows choose. */
export async function labelChoices(model: BuilderModel, index: number): Promise<Choice[]> {
  const { from, to } = span()
  return (await fetchLabels(selectorWithout(model, index), from, to)).map((value) => ({ value }))
}

/** Values that a label has in the streams that the other rows choose. */
export async function valueChoices(model: BuilderModel, index: number): Promise<Choice[]> {
  const name = model.matchers[index]?.name ?? ''
  if (name === '') return []
  const { from, to } = span()
  return (await fetchLabelValues(name, selectorWithout(model, index), from, to)).map((value) => ({ value }))
}

let remembered: { readonly key: string; readonly answer: Promise<FieldsResponse> } | undefined

/** Fields of the lines that reach a stage. Asked once for all rows of a query. */
function fieldsBefore(model: BuilderModel, stage: number): Promise<FieldsResponse> {
  const expr = buildExpr({ ...model, stages: model.stages.slice(0, stage), calculation: undefined, outer: [] })
  const text = expr === undefined ? '{}' : printExpr(expr)
  const query = text.startsWith('{}') ? `{service_name=~".+"}${text.slice(2)}` : text
  const { from, to } = span()
  const key = `${from} ${to} ${query}`
  if (remembered?.key !== key) {
    const answer = fetchFields(query, from, to, sampledLines)
    remembered = { key, answer }
    answer.catch(() => {
      // The next list asks again.
      if (remembered?.answer === answer) remembered = undefined
    })
  }
  return remembered.answer
}

export async function fieldChoices(model: BuilderModel, stage: number): Promise<FieldChoice[]> {
  const { fields } = await fieldsBefore(model, stage)
  return fields.map(({ name, origin }) => ({ value: name, origin, hint: t(`origin.${origin}`) }))
}

/** Fields with numbers, durations or sizes first: those that one can calculate with. */
export async function numberChoices(model: BuilderModel): Promise<FieldChoice[]> {
  const { fields } = await fieldsBefore(model, model.stages.length)
  const counts = (type: string): boolean => type === 'number' || type === 'duration' || type === 'bytes'
  return fields
    .filter((field) => counts(field.type))
    .map(({ name, origin, type }) => ({ value: name, origin, hint: t(`type.${type}`) }))
}

export async function fieldValueChoices(model: BuilderModel, stage: number, name: string): Promise<Choice[]> {
  const { fields } = await fieldsBefore(model, stage)
  const field = fields.find((one) => one.name === name)
  return (field?.top ?? []).map(({ value, count }) => ({ value: oneLine(value), hint: n(count) }))
}
