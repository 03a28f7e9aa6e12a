import type { QueryLanguage } from '../../model/dashboard.ts'
import { itemsOf, type Json, jsonOf, textOf } from './json.ts'

/** What a panel, a query or a variable asks: one of our languages, another panel, or something that is not here. */
export type Source =
  | { readonly kind: 'language'; readonly language: QueryLanguage }
  /** Left to the expression: the default data source, or one that only a name is known of. */
  | { readonly kind: 'unknown' }
  /** Each query names its own. */
  | { readonly kind: 'mixed' }
  /** The queries of another panel. */
  | { readonly kind: 'panel' }
  | { readonly kind: 'foreign'; readonly name: string }

export type SourceFinder = (datasource: unknown) => Source

const PROMQL = /prom|thanos|mimir|cortex|victoria|metrics/i
const LOGQL = /loki|\blogs?\b/i

/** Finds what data sources are, with the inputs and variables of one dashboard. */
export function sourceFinder(dashboard: Json): SourceFinder {
  const types = new Map<string, string>()
  for (const input of itemsOf(dashboard.__inputs)) {
    const [name, plugin] = [textOf(input.name), textOf(input.pluginId)]
    if (name !== undefined && plugin !== undefined) types.set(name, plugin)
  }
  for (const variable of itemsOf(jsonOf(dashboard.templating).list)) {
    const [name, plugin] = [textOf(variable.name), textOf(variable.query)]
    if (variable.type === 'datasource' && name !== undefined && plugin !== undefined) types.set(name, plugin)
  }

  function byName(name: string): Source {
    if (/^-- ?mixed ?--$/i.test(name)) return { kind: 'mixed' }
    if (/^-- ?dashboard ?--$/i.test(name)) return { kind: 'panel' }
    if (/^-- ?grafana ?--$/i.test(name) || name === 'grafana') return { kind: 'foreign', name: 'grafana' }
    const reference = /^(?:\$\{?(\w+)(?::\w+)?\}?|\[\[(\w+)(?::\w+)?\]\])$/.exec(name)
    const called = reference?.[1] ?? reference?.[2]
    const type = called === undefined ? undefined : types.get(called)
    if (type !== undefined) return byType(type)
    if (LOGQL.test(name)) return { kind: 'language', language: 'logql' }
    if (PROMQL.test(name)) return { kind: 'language', language: 'promql' }
    return { kind: 'unknown' }
  }

  return (datasource) => {
    const name = textOf(datasource)
    if (name !== undefined) return byName(name)
    const { type, uid } = jsonOf(datasource)
    const uidText = textOf(uid)
    const special = uidText === undefined ? undefined : byName(uidText)
    if (special?.kind === 'mixed' || special?.kind === 'panel') return special
    const typeText = textOf(type)
    if (typeText !== undefined && typeText !== 'datasource') return byType(typeText)
    return special ?? { kind: 'unknown' }
  }
}

function byType(type: string): Source {
  if (type === '__expr__') return { kind: 'foreign', name: 'expressions over other queries' }
  if (/loki/i.test(type)) return { kind: 'language', language: 'logql' }
  if (/prometheus|victoriametrics-(?:metrics-)?datasource/i.test(type)) return { kind: 'language', language: 'promql' }
  return { kind: 'foreign', name: type }
}

/** A selector without a metric's name: there are hardly any in PromQL, and no others in LogQL. */
const BARE_SELECTOR = /(?:^|[\s(,])\{(?![^{}]*__name__)[^{}]*\}/
const PIPE = /\|[=~>]|!>|\|\s*(?:json|logfmt|regexp|pattern|unpack|unwrap|line_format|label_format)\b/

/** The language of an expression whose data source is not known: what looks like LogQL is LogQL. */
export function languageOf(expr: string): QueryLanguage {
  const outsideTexts = expr.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
  return BARE_SELECTOR.test(outsideTexts) || PIPE.test(outsideTexts) ? 'logql' : 'promql'
}
