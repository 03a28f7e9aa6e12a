import type { PanelQuery, QueryLanguage } from '../../model/dashboard.ts'
import { faultOf, type ParseBudget } from '../query-faults.ts'
import { itemsOf, type Json, textOf } from './json.ts'
import type { Notes } from './notes.ts'
import { languageOf, type SourceFinder } from './sources.ts'

const MOST_QUERIES = 50
export const LONGEST_QUERY = 128 * 1024
/** What stands for something in texts of queries; others that begin with two underscores stay as they are. */
const KNOWN_GLOBALS = new Set([
  '__auto',
  '__interval',
  '__interval_ms',
  '__rate_interval',
  '__rate_interval_ms',
  '__range',
  '__range_s',
  '__range_ms',
  '__from',
  '__to',
])

export interface QueryContext {
  readonly sourceOf: SourceFinder
  /** Queries of the panel with this id, for panels that show the data of another. */
  readonly queriesOf: (panelId: unknown) => readonly Json[]
  /** Answers of one moment are wanted, as in tables. */
  readonly prefersInstant: boolean
  readonly budget: ParseBudget
  readonly notes: Notes
}

/** The queries of a panel that this server can answer, each with a letter of its own. */
export function importQueries(panel: Json, context: QueryContext): readonly PanelQuery[] {
  const { sourceOf, notes } = context
  const ofPanel = sourceOf(panel.datasource)
  const queries: PanelQuery[] = []
  const refs = new Set<string>()
  for (const target of targetsOf(panel, context)) {
    const own = sourceOf(target.datasource)
    const source = own.kind === 'unknown' && ofPanel.kind !== 'mixed' ? ofPanel : own
    const called = `query ${textOf(target.refId)?.slice(0, 40) ?? queries.length + 1}`
    const expr = textOf(target.expr)
    if (source.kind === 'foreign') {
      notes.add(`${called} is left out: it asks ${source.name}, which is not here`)
    } else if (expr === undefined || expr.trim() === '') {
      const other = textOf(target.query) ?? textOf(target.target) ?? textOf(target.rawSql)
      const why = other === undefined ? 'it is empty' : 'it is neither PromQL nor LogQL'
      notes.add(`${called} is left out: ${why}`)
    } else if (expr.length > LONGEST_QUERY) {
      notes.add(`${called} is left out: it has ${expr.length} characters, at most ${LONGEST_QUERY} are kept`)
    } else if (queries.length >= MOST_QUERIES) {
      notes.add(`${called} is left out: a panel keeps at most ${MOST_QUERIES} queries`)
    } else {
      const language = source.kind === 'language' ? spoken(source.language, expr, called, context) : languageOf(expr)
      queries.push(importQuery(target, { expr, language, ref: freeRef(target.refId, refs) }, called, context))
    }
  }
  return queries
}

/** The language of a data source, save where Loki was asked by way of a data source of Prometheus, as older dashboards do. */
function spoken(language: QueryLanguage, expr: string, called: string, { budget, notes }: QueryContext): QueryLanguage {
  if (language === 'logql' || languageOf(expr) === 'promql') return language
  if (faultOf('promql', expr, budget) === undefined || faultOf('logql', expr, budget) !== undefined) return language
  notes.add(`${called} is LogQL, though its data source is one of Prometheus`)
  return 'logql'
}

/** Queries of its own, or those of the panel whose data it shows. */
function targetsOf(panel: Json, { sourceOf, queriesOf, notes }: QueryContext): readonly Json[] {
  const targets = itemsOf(panel.targets)
  const shares = sourceOf(panel.datasource).kind === 'panel'
  return targets.flatMap((target) => {
    if (!shares && sourceOf(target.datasource).kind !== 'panel') return [target]
    const others = queriesOf(target.panelId)
    if (others.length === 0) notes.add('shows the data of another panel, which is not there or asks nothing')
    else notes.add('shows the data of another panel: it has a copy of its queries')
    return others
  })
}

function importQuery(
  target: Json,
  base: Pick<PanelQuery, 'ref' | 'language' | 'expr'>,
  called: string,
  { prefersInstant, notes }: QueryContext,
): PanelQuery {
  const legend = textOf(target.legendFormat)
  const wantsInstant = target.instant === true || target.queryType === 'instant'
  const wantsRange = target.range === true || target.queryType === 'range'
  const both = wantsInstant && wantsRange
  if (both)
    notes.add(`${called} asks for a range and for a moment: here for ${prefersInstant ? 'the moment' : 'the range'}`)
  if (prefersInstant && !wantsInstant && target.format === 'table') {
    notes.add(`${called}: its rows are times and its columns series, not one row for each value`)
  }
  const interval = textOf(target.interval)
  if (interval !== undefined)
    notes.add(`${called}: its least step ${interval.slice(0, 40)} is not kept, steps follow the width`)
  for (const name of unknownGlobals(base.expr)) notes.add(`${called}: $${name} stands for nothing here`)
  return {
    ...base,
    ...(legend !== undefined && legend !== '__auto' && { legend: legend.slice(0, 1_000) }),
    ...((both ? prefersInstant : wantsInstant) && { instant: true }),
    ...(target.hide === true && { hidden: true }),
  }
}

function unknownGlobals(expr: string): ReadonlySet<string> {
  const found = [...expr.matchAll(/\$\{?(__\w{1,60})/g)].map(([, name = '']) => name)
  return new Set(found.filter((name) => !KNOWN_GLOBALS.has(name)))
}

/** A letter or name of a query as it may stand here. */
export function plainRef(given: string): string {
  return given.replaceAll(/[^A-Za-z0-9_-]+/g, '_').slice(0, 32)
}

function freeRef(given: unknown, taken: Set<string>): string {
  const wanted = textOf(given)
  let ref = wanted === undefined ? 'A' : plainRef(wanted)
  for (let count = 0; taken.has(ref); count++) ref = count < 26 ? String.fromCharCode(65 + count) : `Q${count}`
  taken.add(ref)
  return ref
}
