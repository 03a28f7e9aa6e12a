import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { completionAt, LOGQL_DOCS, type LogQLDoc, type CompletionContext as QueryContext } from '@girok/query'
import { docNode } from '../../../explore/editor/doc-node.ts'
import { withParser } from '../query/rewrite.ts'
import { quote } from '../query/scan.ts'
import { groupedPart } from './grouped-part.ts'
import { knownFields, knownLabels, knownValues } from './known-names.ts'
import { type TemplatePlace, templatePlace } from './template-place.ts'
import { templateDocs, templateKeywords } from './template-words.ts'

const rangeTexts = ['1m', '5m', '15m', '1h', '6h', '1d']
const matchOperators = ['=', '!=', '=~', '!~']
const filterOperators = ['=', '!=', '=~', '!~', '>', '>=', '<', '<=']
const pipelineOperators = ['|', '|=', '!=', '|~', '!~']
/** Where a name or value must follow, so that a list helps before anything is typed. */
const eager: readonly QueryContext['kind'][] = ['labelName', 'labelValue', 'stage', 'groupingLabel', 'parsedLabelValue']

/** Candidates for the place of the cursor: words of the language, and labels, fields and values that are really there. */
export async function completeQuery(context: CompletionContext): Promise<CompletionResult | null> {
  const text = context.state.doc.toString()
  const template = templatePlace(text, context.pos)
  const place = completionAt(text, context.pos)
  if (template !== undefined) {
    const options = await templateOptions(template, place)
    return options.length === 0 ? null : { from: template.from, to: template.to, options, validFor: /^\w*$/ }
  }
  // Nothing typed and not asked for: elsewhere a list would only stand in the way.
  if (!context.explicit && !eager.includes(place.kind) && place.prefix === '') return null
  const options = await optionsAt(place, text)
  if (options.length === 0) return null
  return { from: place.from, to: place.to, options, filter: true }
}

async function optionsAt(place: QueryContext, text: string): Promise<Completion[]> {
  switch (place.kind) {
    case 'function':
      return [{ label: '{', apply: '{', detail: '{label="value"}', boost: 2 }, ...docs('function')]
    case 'stage':
      return stages(place.pipelineSoFar)
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
      return (await knownLabels(selectorText(place))).map((label) => ({ label, type: 'label' }))
    case 'groupingLabel':
      return groupings(place, text)
    case 'labelValue':
      return labelValues(place)
    case 'parsedLabel':
      return fieldNames(place.pipelineSoFar, false)
    case 'parsedLabelValue':
      return fieldValues(place)
    case 'none':
      return []
  }
}

/** Words that stand in the table of stages and are written elsewhere: behind unwrap. */
const conversions = new Set(['bytes', 'duration', 'duration_seconds'])
const parsers = ['json', 'logfmt', 'pattern', 'regexp', 'unpack']

/** Before a parser the parsers come first, behind it the fields that it gives. */
async function stages(pipeline: string): Promise<Completion[]> {
  const fields = await fieldNames(pipeline, true)
  const parsed = /\|\s*(?:json|logfmt|pattern|regexp|unpack)\b/.test(pipeline)
  const words = docs('stage').filter(({ label }) => !conversions.has(label))
  const boostOf = (label: string): number => (parsers.includes(label) ? 40 - parsers.indexOf(label) : 20)
  return [
    ...words.map((one) => ({ ...one, boost: boostOf(one.label) - (parsed ? 60 : 0) })),
    ...fields.map((one, index) => ({ ...one, boost: Math.max(-30, 10 - index) })),
  ]
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

function selectorText(place: QueryContext): string {
  return `{${place.selectorSoFar.map(({ name, op, value }) => `${name}${op}${quote(value)}`).join(', ')}}`
}

/** Labels and fields by which results can be grouped: a grouping may be written before its selector. */
async function groupings(place: QueryContext, text: string): Promise<Completion[]> {
  const part = place.pipelineSoFar === '' ? groupedPart(text) : place.pipelineSoFar
  const close = part.indexOf('}')
  const selector = close < 0 ? selectorText(place) : part.slice(0, close + 1)
  const [labels, fields] = await Promise.all([knownLabels(selector), fieldNames(part, false)])
  const known = new Set(fields.map(({ label }) => label))
  return [...fields, ...labels.filter((label) => !known.has(label)).map((label) => ({ label, type: 'label' }))]
}

async function labelValues(place: QueryContext): Promise<Completion[]> {
  const selector = selectorText(place)
  const [values, fields] = await Promise.all([
    knownValues(place.labelName, selector),
    knownFields(place.selectorSoFar.length === 0 ? '' : selector),
  ])
  return valueOptions(place, values, fields)
}

/** Values of a field found in the newest lines, with the number of lines. */
async function fieldValues(place: QueryContext): Promise<Completion[]> {
  const fields = await knownFields(place.pipelineSoFar)
  const field = fields.find((one) => one.name === place.labelName)
  return valueOptions(place, field?.top.map(({ value }) => value) ?? [], fields)
}

type Fields = Awaited<ReturnType<typeof knownFields>>

function valueOptions(place: QueryContext, values: readonly string[], fields: Fields): Completion[] {
  const top = fields.find((one) => one.name === place.labelName)?.top ?? []
  const counts = new Map(top.map(({ value, count }) => [value, count]))
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

/** Fields of the lines so far. As a new stage, a field of the line brings the parser that it needs. */
async function fieldNames(pipeline: string, asStage: boolean): Promise<Completion[]> {
  const fields = await knownFields(pipeline)
  return fields.map(({ name, origin, count }) => {
    const parsed = asStage
      ? withParser(pipeline, origin)
          .slice(pipeline.length)
          .replace(/^\s*\|\s*/, '')
      : ''
    const apply = parsed === '' ? name : `${parsed} | ${name}`
    return { label: name, apply, type: 'field', detail: `${origin} · ${count}` }
  })
}

async function templateOptions(template: TemplatePlace, place: QueryContext): Promise<Completion[]> {
  if (template.kind === 'field') {
    const fields = await knownFields(place.pipelineSoFar)
    return fields.map(({ name, origin, count }) => ({ label: name, type: 'field', detail: `${origin} · ${count}` }))
  }
  const functions = [...templateDocs].map(([label, doc], index) => ({
    ...{ label, type: 'function', detail: doc.text, info: () => docNode(doc) },
    boost: Math.max(-50, -index),
  }))
  const keywords = templateKeywords.map(([signature, text]) => ({
    ...{ label: signature.split(' ', 1)[0] ?? '', type: 'keyword', detail: text },
  }))
  return [...functions, ...keywords]
}
