import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { completionAt, LOGQL_DOCS, type LogQLDoc, type CompletionContext as QueryContext } from '@girok/query'
import { fetchLabels, fetchLabelValues } from '../../../api/loki.ts'
import { fields, range } from '../model/explorer.ts'
import { quote } from '../query/scan.ts'
import { docNode } from './doc-node.ts'

const rangeTexts = ['1m', '5m', '15m', '1h', '6h', '1d']
const matchOperators = ['=', '!=', '=~', '!~']
const filterOperators = ['=', '!=', '=~', '!~', '>', '>=', '<', '<=']
const pipelineOperators = ['|', '|=', '!=', '|~', '!~']

/** Candidates for the place of the cursor: words of the language, and labels and values that are really there. */
export async function completeQuery(context: CompletionContext): Promise<CompletionResult | null> {
  const text = context.state.doc.toString()
  const place = completionAt(text, context.pos)
  const options = await optionsAt(place)
  if (options.length === 0) return null
  // Nothing typed and not asked for: a list would only stand in the way, except where a name or value must follow.
  const eager = ['labelName', 'labelValue', 'stage', 'groupingLabel', 'parsedLabelValue'].includes(place.kind)
  if (!context.explicit && !eager && place.prefix === '') return null
  return { from: place.from, to: place.to, options, filter: true }
}

async function optionsAt(place: QueryContext): Promise<Completion[]> {
  switch (place.kind) {
    case 'function':
      return [{ label: '{', apply: '{', detail: '{label="value"}', boost: 2 }, ...docs('function')]
    case 'stage':
      return [...docs('stage'), ...parsedNames()]
    case 'keyword':
      return docs('keyword')
    case 'pipelineOperator':
      return pipelineOperators.map(operator)
    case 'matchOperator':
      return matchOperators.map(operator)
    case 'filterOperator':
      return filterOperators.map(operator)
    case 'range':
      return rangeTexts.map((label) => ({ label, type: 'number' }))
    case 'labelName':
    case 'groupingLabel':
      return labelNames(place)
    case 'labelValue':
      return labelValues(place)
    case 'parsedLabel':
      return parsedNames()
    case 'parsedLabelValue':
      return parsedValues(place)
    case 'none':
      return []
  }
}

function docs(kind: LogQLDoc['kind']): Completion[] {
  const found: Completion[] = []
  for (const [label, doc] of LOGQL_DOCS) {
    if (doc.kind !== kind || !/^\w/.test(label)) continue
    const apply = kind === 'function' ? `${label}(` : label
    found.push({ label, apply, type: kind, detail: doc.text, info: () => docNode(doc) })
  }
  return found
}

function operator(label: string): Completion {
  const doc = LOGQL_DOCS.get(label)
  return doc === undefined ? { label } : { label, detail: doc.text, info: () => docNode(doc) }
}

function span(): { readonly from: bigint; readonly to: bigint } {
  const now = BigInt(Date.now()) * 1_000_000n
  return range.peek() ?? { from: now - 3_600_000_000_000n, to: now }
}

function selectorText(place: QueryContext): string {
  return `{${place.selectorSoFar.map(({ name, op, value }) => `${name}${op}${quote(value)}`).join(', ')}}`
}

async function labelNames(place: QueryContext): Promise<Completion[]> {
  const { from, to } = span()
  const names = await quietly(fetchLabels(selectorText(place), from, to))
  const counts = new Map(fields.answer.peek()?.fields.map((field) => [field.name, field.cardinality]))
  return names.map((label) => {
    const cardinality = counts.get(label)
    return { label, type: 'label', ...(cardinality === undefined ? {} : { detail: `${cardinality}` }) }
  })
}

async function labelValues(place: QueryContext): Promise<Completion[]> {
  const { from, to } = span()
  const values = await quietly(fetchLabelValues(place.labelName, selectorText(place), from, to))
  return valueOptions(place, values)
}

/** Values of a field found in the newest lines, with the number of lines. */
function parsedValues(place: QueryContext): Completion[] {
  const field = fields.answer.peek()?.fields.find((one) => one.name === place.labelName)
  return valueOptions(place, field?.top.map(({ value }) => value) ?? [])
}

function valueOptions(place: QueryContext, values: readonly string[]): Completion[] {
  const counts = new Map(
    fields.answer
      .peek()
      ?.fields.find((one) => one.name === place.labelName)
      ?.top.map((top) => [top.value, top.count]),
  )
  return values.map((label) => {
    const count = counts.get(label)
    const inside = quote(label).slice(1, -1)
    return {
      label,
      apply: place.quoted ? inside : quote(label),
      type: 'value',
      ...(count === undefined ? {} : { detail: String(count), boost: Math.min(99, count) }),
    }
  })
}

function parsedNames(): Completion[] {
  return (fields.answer.peek()?.fields ?? []).map(({ name, count }) => ({
    label: name,
    type: 'label',
    detail: `${count}`,
  }))
}

/** Completion is help, not an answer: when the server does not give names, none are offered. */
async function quietly(names: Promise<string[]>): Promise<string[]> {
  try {
    return await names
  } catch {
    return []
  }
}
