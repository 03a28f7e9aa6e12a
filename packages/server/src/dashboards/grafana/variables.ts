import type { DashboardVariable, QueryLanguage } from '../../model/dashboard.ts'
import { expressionOf, valueFirst } from '../expression.ts'
import { isJson, itemsOf, type Json, jsonOf, textOf } from './json.ts'
import type { Notes } from './notes.ts'
import { LONGEST_QUERY } from './queries.ts'
import { languageOf, type SourceFinder } from './sources.ts'

/** The first value of an interval variable that follows the width of the panel. */
const AUTO = 'auto'
const LONGEST_VALUE = 1_000
const MOST_VARIABLES = 200

/** The variables of a dashboard; those of data sources are taken for what they stand for, and go. */
export function importVariables(dashboard: Json, sourceOf: SourceFinder, notes: Notes): readonly DashboardVariable[] {
  const taken = new Map<string, DashboardVariable>()
  for (const [index, given] of itemsOf(jsonOf(dashboard.templating).list).entries()) {
    const name = textOf(given.name)
    const own = notes.of(`variable ${JSON.stringify(name ?? index)}`)
    if (name === undefined || !/^\w{1,100}$/.test(name)) {
      own.add('is left out: its name must be letters, digits and underscores')
    } else if (taken.has(name)) {
      own.add('is left out: another one has its name')
    } else if (taken.size >= MOST_VARIABLES) {
      own.add(`is left out: at most ${MOST_VARIABLES} variables can be kept`)
    } else {
      const variable = importVariable(name, given, sourceOf, own)
      if (variable !== undefined) taken.set(name, variable)
    }
  }
  return [...taken.values()]
}

type Kind<T> = T extends unknown ? Omit<T, keyof Shared> : never
type Shared = Pick<DashboardVariable, 'name' | 'label' | 'multi' | 'includeAll' | 'allValue' | 'current' | 'hidden'>

function importVariable(
  name: string,
  given: Json,
  sourceOf: SourceFinder,
  notes: Notes,
): DashboardVariable | undefined {
  const own = kindOf(given, sourceOf, notes)
  if (own === undefined) return undefined
  const [label, allValue] = [textOf(given.label), textOf(given.allValue)]
  const chooses = own.kind !== 'constant' && own.kind !== 'text'
  const current = chooses ? currentOf(given) : []
  const shared: Shared = {
    name,
    ...(label !== undefined && { label: label.slice(0, 200) }),
    ...(chooses && given.multi === true && { multi: true }),
    ...(chooses && given.includeAll === true && { includeAll: true }),
    ...(chooses && given.includeAll === true && allValue !== undefined && { allValue: allValue.slice(0, 2_000) }),
    ...(current.length > 0 && { current }),
    ...(given.hide === 2 && { hidden: true }),
  }
  return { ...shared, ...own } as DashboardVariable
}

function kindOf(given: Json, sourceOf: SourceFinder, notes: Notes): Kind<DashboardVariable> | undefined {
  const type = textOf(given.type) ?? 'query'
  switch (type) {
    case 'query':
      return queryKind(given, sourceOf, notes)
    case 'custom':
      return { kind: 'custom', values: customValues(given, notes) }
    case 'interval': {
      if (given.auto === true) notes.add('its automatic value is the step of the panel')
      const values = valuesIn(textOf(given.query) ?? '')
      return { kind: 'interval', values: given.auto === true ? [AUTO, ...values.slice(0, 999)] : values }
    }
    case 'constant':
      return { kind: 'constant', value: (textOf(given.query) ?? currentOf(given)[0] ?? '').slice(0, 10_000) }
    case 'textbox':
      return { kind: 'text', value: (currentOf(given)[0] ?? textOf(given.query) ?? '').slice(0, 10_000) }
    case 'datasource':
      notes.add('is left out: queries go to this server, in the language of the data source')
      return undefined
    case 'adhoc':
      notes.add('is left out: there are no ad hoc filters; put a matcher with a variable into the queries')
      return undefined
    default:
      notes.add(`is left out: variables of the type ${JSON.stringify(type.slice(0, 60))} are not known`)
      return undefined
  }
}

function queryKind(given: Json, sourceOf: SourceFinder, notes: Notes): Kind<DashboardVariable> {
  const source = sourceOf(given.datasource)
  if (source.kind === 'foreign') {
    return listed(given, notes, `asks ${source.name}, which is not here`)
  }
  const text = queryText(given)
  // Room for escapes and for what is added to it.
  if (text.length > LONGEST_QUERY / 8) return listed(given, notes, 'its query is too long')
  const language = source.kind === 'language' ? source.language : languageOf(text)
  const regex = regexOf(given, notes)
  const labels = (labelName: string, match: string | undefined): Kind<DashboardVariable> => ({
    kind: 'labels',
    source: language === 'logql' ? 'logs' : 'metrics',
    labelName,
    ...(match !== undefined && match.trim() !== '' && { match: match.trim() }),
    ...(regex !== undefined && { regex }),
  })

  const stream = jsonOf(given.query)
  const streamLabel = textOf(stream.label)
  if (language === 'logql' && streamLabel !== undefined && text === '') {
    return labels(streamLabel.slice(0, 1_000), textOf(stream.stream)?.slice(0, LONGEST_QUERY))
  }
  const call = /^(label_values|query_result|metrics|label_names)\s*\(([\s\S]*)\)$/.exec(text.trim())
  const inner = call?.[2]?.trim() ?? ''
  switch (call?.[1]) {
    case 'label_values': {
      const comma = inner.lastIndexOf(',')
      const label = /^"?([\w$.:-]{1,1000})"?$/.exec(inner.slice(comma + 1).trim())?.[1]
      if (label === undefined) return listed(given, notes, `the query ${shown(text)} is not understood`)
      const match = comma < 0 ? undefined : inner.slice(0, comma)
      return labels(label, match)
    }
    case 'metrics':
      return labels(
        '__name__',
        inner === '' ? undefined : `{__name__=~${JSON.stringify(`.*(?:${unquoted(inner)}).*`)}}`,
      )
    case 'query_result':
      return resultKind(given, inner, regex, language, notes)
    case 'label_names':
      return listed(given, notes, 'names of labels cannot be its values')
    default:
      break
  }
  if (text.trim() === '') return listed(given, notes, 'has no query')
  // A bare query lists series as texts, of which the expression takes a label.
  const label = labelInResult(regex)
  if (label === undefined) return listed(given, notes, `the query ${shown(text)} is not understood`)
  return { kind: 'labels', source: language === 'logql' ? 'logs' : 'metrics', labelName: label, match: text.trim() }
}

/** `query_result(expr)` gives texts such as `up{job="a"} 1 17000`, of which the expression takes a label, or all. */
function resultKind(
  given: Json,
  expr: string,
  regex: string | undefined,
  language: QueryLanguage,
  notes: Notes,
): Kind<DashboardVariable> {
  const labelName = labelInResult(regex) ?? groupedBy(regex, expr)
  if (labelName === undefined) {
    return listed(given, notes, 'takes something else than one label out of the answer of a query')
  }
  return { kind: 'query', language, expr, labelName }
}

/** An expression that takes the first label, whatever its name, of what is grouped by one. */
function groupedBy(regex: string | undefined, expr: string): string | undefined {
  if (regex === undefined || !/^\/?(?:\.\*)?(?:\w+=)?"\(/.test(regex)) return undefined
  return [...expr.matchAll(/\bby\s*\(\s*([A-Za-z_]\w{0,999})\s*\)/g)].at(-1)?.[1]
}

/** `/.*instance="([^"]*)".*\/` → `instance`. */
function labelInResult(regex: string | undefined): string | undefined {
  const [, label] = /([A-Za-z_]\w{0,999})\s*=\s*\\?"\(/.exec(regex ?? '') ?? []
  return label
}

/** Values that Grafana saved with the dashboard, in place of a query that cannot be asked. */
function listed(given: Json, notes: Notes, why: string): Kind<DashboardVariable> {
  const saved = itemsOf(given.options)
    .flatMap(({ value }) => textOf(value) ?? [])
    .filter((value) => value !== '$__all')
  const values = [...new Set([...saved, ...currentOf(given)])].map((value) => value.slice(0, LONGEST_VALUE))
  notes.add(`${why}: it has the values that were saved with the dashboard (${values.length})`)
  return { kind: 'custom', values: values.slice(0, 1_000) }
}

function queryText({ query, definition }: Json): string {
  if (typeof query === 'string') return query
  const { query: inner, expr } = jsonOf(query)
  const found = textOf(inner) ?? textOf(expr)
  if (found !== undefined) return found
  return isJson(query) && textOf(query.label) !== undefined ? '' : (textOf(definition) ?? '')
}

function regexOf(given: Json, notes: Notes): string | undefined {
  const text = textOf(given.regex)
  if (text === undefined) return undefined
  const { regex, dropsText } = valueFirst(text)
  if (regex.length > 1_000 || expressionOf(regex) === undefined) {
    notes.add(`its regular expression ${shown(text)} is left out: it cannot be read`)
    return undefined
  }
  if (dropsText) notes.add('its values are shown as they are, not by the group named text')
  return regex
}

function customValues(given: Json, notes: Notes): readonly string[] {
  const values = valuesIn(textOf(given.query) ?? '')
  const named = values.map((value) => /^(.+?) : (.+)$/.exec(value)?.[2])
  if (named.some((value) => value !== undefined)) notes.add('its values are shown as they are, not by their names')
  return values.map((value, index) => named[index] ?? value)
}

/** `a, b\,c` → `a`, `b,c` */
function valuesIn(text: string): readonly string[] {
  const values = text.match(/(?:\\,|[^,])+/g) ?? []
  const plain = values.map((value) => value.replaceAll('\\,', ',').trim().slice(0, LONGEST_VALUE))
  return [...new Set(plain.filter((value) => value !== ''))].slice(0, 1_000)
}

function currentOf({ current }: Json): readonly string[] {
  const { value } = jsonOf(current)
  const values = (Array.isArray(value) ? value : [value]).flatMap((one) =>
    typeof one === 'number' ? String(one) : (textOf(one) ?? []),
  )
  const chosen = values.filter((one) => one !== '$__all' && !one.startsWith('$__auto'))
  return chosen.map((one) => one.slice(0, LONGEST_VALUE)).slice(0, 1_000)
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, '$2')
}

function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}
