import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { completePromQL, metricNamesIn, PROMQL_DOCS, type PromCompletion, type PromDoc } from '@girok/query/promql'
import { docNode } from '../explore/editor/doc-node.ts'
import type { KnownNames } from './known-names.ts'
import { metaOf } from './metric-kind.ts'
import { quoted, selectorText, type WrittenMatcher } from './selector-text.ts'

const durations = ['1m', '5m', '15m', '30m', '1h', '6h', '1d', '1w']
const times = ['start()', 'end()']
const matchOperators = ['=', '!=', '=~', '!~']
/** Where a name or value must follow, so that a list helps before anything is typed. */
const eager: readonly PromCompletion['kind'][] = ['labelName', 'labelValue', 'groupingLabel']

/** Candidates for the place of the cursor: words of the language, and metrics, labels and values that are really there. */
export function completer(known: KnownNames): (context: CompletionContext) => Promise<CompletionResult | null> {
  return async (context) => {
    const text = context.state.doc.toString()
    const place = completePromQL(text, context.pos)
    // Nothing typed and not asked for: elsewhere a list would only stand in the way.
    if (!context.explicit && !eager.includes(place.kind) && place.prefix === '') return null
    const options = await optionsAt(place, text, known)
    return options.length === 0 ? null : { from: place.from, to: place.to, options, filter: true }
  }
}

async function optionsAt(place: PromCompletion, text: string, known: KnownNames): Promise<Completion[]> {
  switch (place.kind) {
    case 'expression':
      return expressions(place, known)
    case 'labelName':
      return labelNames(place, await known.labels(selectorOf(place)))
    case 'groupingLabel':
      return groupings(text, known)
    case 'labelValue': {
      const values = await known.values(place.labelName, selectorOf(place))
      return values.map((label) => {
        const inside = quoted(label).slice(1, -1)
        return { label, apply: place.quoted ? inside : quoted(label), type: 'value' }
      })
    }
    case 'matchOperator':
      return matchOperators.map(word)
    case 'duration':
      return durations.map((label) => ({ label, type: 'number' }))
    case 'time':
      return times.map((label) => ({ label, type: 'keyword' }))
    case 'keyword':
      return place.keywords.map(word)
    case 'none':
      return []
  }
}

/** Metrics first where their names begin as what is typed, then functions and aggregations; each with a line about it. */
async function expressions(place: PromCompletion, known: KnownNames): Promise<Completion[]> {
  const [names, meta] = await Promise.all([known.metrics(), known.meta()])
  const metrics = names.map((label): Completion => {
    const told = metaOf(label, meta)
    const plain = selectorText(label, [])
    return {
      ...{ label, apply: plain, type: 'metric', boost: 10 },
      ...(told === undefined ? {} : { detail: told.help === '' ? told.type : `${told.type} · ${told.help}` }),
    }
  })
  const functions = [...PROMQL_DOCS].flatMap(([label, doc]) =>
    doc.kind === 'function' || doc.kind === 'aggregation' ? [documented(label, doc, `${label}(`)] : [],
  )
  return place.quoted ? metrics : [...metrics, ...functions, ...place.keywords.filter(plainWord).map(word)]
}

function plainWord(text: string): boolean {
  return /^[a-z]/.test(text) && PROMQL_DOCS.get(text)?.kind !== 'function'
}

function labelNames(place: PromCompletion, names: readonly string[]): Completion[] {
  const taken = new Set(place.matchers.map(({ name }) => name))
  return names
    .filter((name) => name !== '__name__' && !taken.has(name))
    .map((label) => ({ label, apply: place.quoted ? label : selectorLabel(label), type: 'label' }))
}

function selectorLabel(name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) ? name : quoted(name)
}

/** Labels by which the metrics of the query can be grouped; all labels while it names none. */
async function groupings(text: string, known: KnownNames): Promise<Completion[]> {
  const metrics = metricNamesIn(text)
  const lists = await Promise.all(
    metrics.length === 0 ? [known.labels('')] : metrics.map((name) => known.labels(selectorText(name, []))),
  )
  const names = [...new Set(lists.flat())].filter((name) => name !== '__name__').sort()
  return names.map((label) => ({ label, apply: selectorLabel(label), type: 'label' }))
}

/** The selector as far as it is typed. One that would match everything is none: the server refuses it. */
function selectorOf({ metric, matchers, labelName }: PromCompletion): string {
  const others: WrittenMatcher[] = matchers.filter(({ name }) => name !== '__name__' && name !== labelName)
  return metric === '' && others.every(({ op, value }) => op !== '=' || value === '')
    ? ''
    : selectorText(metric === '' ? undefined : metric, others)
}

function word(label: string): Completion {
  const doc = PROMQL_DOCS.get(label)
  return doc === undefined ? { label, type: 'keyword' } : documented(label, doc, label)
}

function documented(label: string, doc: PromDoc, apply: string): Completion {
  return { label, apply, type: doc.kind, detail: doc.text, info: () => docNode(doc) }
}
