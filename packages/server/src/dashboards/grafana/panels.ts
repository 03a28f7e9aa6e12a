import type { Panel, PanelQuery, Transformation } from '../../model/dashboard.ts'
import { parseBudget } from '../query-faults.ts'
import { itemsOf, type Json, jsonOf, numberOf, textOf } from './json.ts'
import type { PlacedPanel } from './layout.ts'
import { lookOf } from './look.ts'
import type { Notes } from './notes.ts'
import { importOverrides, importStyles } from './overrides.ts'
import { kindOf, NOT_SHOWN } from './panel-kinds.ts'
import { importQueries, plainRef, type QueryContext } from './queries.ts'
import { REDUCERS } from './reducers.ts'
import type { SourceFinder } from './sources.ts'
import { importTransformations } from './transformations.ts'

const MOST_PANELS = 500
const LONGEST_TEXT = 64 * 1024

export interface PanelContext {
  readonly sourceOf: SourceFinder
  /** Names of the variables that there are. */
  readonly variables: ReadonlySet<string>
  readonly notes: Notes
}

export function importPanels(placed: readonly PlacedPanel[], context: PanelContext): readonly Panel[] {
  const { notes } = context
  if (placed.length > MOST_PANELS) {
    notes.add(`${placed.length - MOST_PANELS} panels are left out: a dashboard keeps at most ${MOST_PANELS}`)
  }
  const kept = placed.slice(0, MOST_PANELS)
  const byId = new Map(kept.map(({ panel }) => [panel.id, panel]))
  const shared: Shared = {
    budget: parseBudget(),
    queriesOf: (id) => itemsOf(byId.get(id)?.targets),
  }
  const ids = idsOf(kept.map(({ panel }) => panel.id))
  return kept.map(({ panel, place }, index) => {
    const id = ids[index] as number
    const title = textOf(panel.title)?.slice(0, 200) ?? ''
    const own = notes.of(
      `${panel.type === 'row' ? 'row' : 'panel'} ${id}${title === '' ? '' : ` ${JSON.stringify(title)}`}`,
    )
    return { id, title, ...contentOf(panel, { ...context, notes: own }, shared), place } as Panel
  })
}

type Shared = Pick<QueryContext, 'budget' | 'queriesOf'>
type Content = Omit<Panel, 'id' | 'title' | 'place'>

function contentOf(panel: Json, context: PanelContext, forQueries: Shared): Content {
  const { notes } = context
  const shared = { ...descriptionOf(panel), ...repeatOf(panel, context) }
  const type = textOf(panel.type)?.slice(0, 60) ?? 'none'
  const library = jsonOf(panel.libraryPanel)
  if (panel.type === undefined && textOf(library.uid) !== undefined) {
    return { ...shared, ...placeholder(`the library panel ${textOf(library.name) ?? textOf(library.uid)}`, notes) }
  }
  const refused = NOT_SHOWN.get(type)
  if (refused !== undefined) return { ...shared, ...placeholder(`${refused} (${type})`, notes) }
  const found = kindOf(panel)
  const queries = importQueries(panel, { ...context, ...forQueries, prefersInstant: found?.kind === 'table' })
  if (found === undefined && queries.length === 0)
    return { ...shared, ...placeholder(`panels of the type ${type}`, notes) }
  if (found === undefined) notes.add(`panels of the type ${type} are not known: its data is shown as a table`)
  if (found?.told !== undefined) notes.add(found.told)
  const kind = found?.kind ?? 'table'
  if (kind === 'row') return { ...shared, kind, queries: [], ...(panel.collapsed === true && { collapsed: true }) }
  tellOthers(panel, notes)
  if (kind === 'text') return { ...shared, kind, queries: [], text: textContent(panel, notes) }
  const transformations = transformationsOf(panel, queries, notes)
  return {
    kind,
    ...shared,
    queries: named(panel, kind, queries, notes),
    ...(kind !== 'logs' && lookOf(panel, kind, notes)),
    ...(transformations.length > 0 && { transformations }),
  }
}

/** What stands in the place of what cannot be shown, so that nobody wonders where it went. */
function placeholder(what: string, notes: Notes): Content {
  notes.add(`${what} cannot be shown: a text stands in its place`)
  return { kind: 'text', queries: [], text: `Not shown here: ${what.replaceAll(/[^\p{L}\p{N} ().,-]/gu, '')}.` }
}

function transformationsOf(panel: Json, queries: readonly PanelQuery[], notes: Notes): readonly Transformation[] {
  // As in Grafana the numbers are called Value, or Value #B where several queries of a moment answer.
  const several = queries.filter(({ hidden, instant }) => hidden !== true && instant === true).length > 1
  const field = (name: string): string => {
    const ref = /^Value #(.+)$/.exec(name)?.[1]
    if (ref === undefined) return name
    return several ? `Value #${plainRef(ref)}` : 'Value'
  }
  const made = [
    ...importTransformations(panel, field, notes),
    ...aggregations(panel),
    ...importStyles(panel, field, notes),
    ...importOverrides(panel, field, notes),
    ...sorted(panel, field),
  ]
  if (made.length > 50) notes.add(`${made.length - 50} transformations are left out: a panel keeps at most 50`)
  return made.slice(0, 50)
}

/** `transform: 'timeseries_aggregations'` of old tables. */
function aggregations(panel: Json): readonly Transformation[] {
  if (panel.transform !== 'timeseries_aggregations') return []
  const reducers = itemsOf(panel.columns).flatMap(({ value }) => REDUCERS.get(textOf(value) ?? '') ?? [])
  return reducers.length === 0 ? [] : [{ kind: 'reduce', reducers: [...new Set(reducers)] }]
}

/** The order in which a table is shown. */
function sorted(panel: Json, field: (name: string) => string): readonly Transformation[] {
  const [first] = itemsOf(jsonOf(panel.options).sortBy)
  const name = textOf(first?.displayName)
  if (name === undefined || name.length > 200) return []
  return [{ kind: 'sortBy', field: field(name), ...(first?.desc === true && { descending: true }) }]
}

/** A name for all series of a panel is the legend of its queries. */
function named(panel: Json, kind: Panel['kind'], queries: readonly PanelQuery[], notes: Notes): readonly PanelQuery[] {
  const name = textOf(jsonOf(jsonOf(panel.fieldConfig).defaults).displayName)
  if (name === undefined) return queries
  const legend = name.replaceAll(/\$\{__field\.labels\.(\w+)\}/g, '{{$1}}')
  if (kind === 'table' || legend.includes('${__') || legend.length > 1_000) {
    notes.add(`the name ${JSON.stringify(name.slice(0, 100))} for its values is left out`)
    return queries
  }
  return queries.map((query) => ({ ...query, legend }))
}

function textContent(panel: Json, notes: Notes): string {
  const options = jsonOf(panel.options)
  const mode = textOf(options.mode) ?? textOf(panel.mode)
  const content = textOf(options.content) ?? textOf(panel.content) ?? ''
  if (mode === 'html') notes.add('its HTML is shown as text')
  if (content.length > LONGEST_TEXT) notes.add(`its text is cut: at most ${LONGEST_TEXT} characters are kept`)
  return content.slice(0, LONGEST_TEXT)
}

function descriptionOf(panel: Json): Pick<Panel, 'description'> {
  const description = textOf(panel.description)
  return description === undefined ? {} : { description: description.slice(0, LONGEST_TEXT) }
}

function repeatOf(panel: Json, { variables, notes }: PanelContext): Pick<Panel, 'repeat'> {
  const variable = textOf(panel.repeat)
  if (variable === undefined) return {}
  if (!variables.has(variable)) {
    notes.add(`is not repeated: there is no variable ${JSON.stringify(variable.slice(0, 100))}`)
    return {}
  }
  const below = panel.type === 'row' || panel.repeatDirection === 'v'
  return { repeat: { variable, direction: below ? 'v' : 'h' } }
}

/** What a panel may have besides, and what we have nothing for. */
function tellOthers(panel: Json, notes: Notes): void {
  const links = [...itemsOf(panel.links), ...itemsOf(jsonOf(jsonOf(panel.fieldConfig).defaults).links)]
  for (const { title, url } of links) {
    notes.add(`its link ${JSON.stringify((textOf(title) ?? textOf(url) ?? '').slice(0, 100))} is left out`)
  }
  const alert = jsonOf(panel.alert)
  if (Object.keys(alert).length > 0) {
    notes.add(`its alert ${JSON.stringify((textOf(alert.name) ?? '').slice(0, 100))} is left out: write it as a rule`)
  }
  const [from, shift, interval] = [panel.timeFrom, panel.timeShift, panel.interval].map(textOf)
  if (from !== undefined) notes.add(`its own range of ${from.slice(0, 40)} is left out: all panels have one range`)
  if (shift !== undefined) notes.add(`its shift by ${shift.slice(0, 40)} is left out: use offset in the query`)
  if (interval !== undefined) notes.add(`its least step ${interval.slice(0, 40)} is not kept: steps follow the width`)
  const overrides = itemsOf(panel.seriesOverrides)
  for (const { alias } of overrides) {
    notes.add(`the override of the series ${JSON.stringify((textOf(alias) ?? '').slice(0, 100))} is left out`)
  }
  if (textOf(jsonOf(panel.libraryPanel).uid) !== undefined) notes.add('is a copy of its library panel')
}

/** Ids that stand once are kept, because addresses hold them; the others are the least that are free. */
function idsOf(given: readonly unknown[]): readonly number[] {
  const taken = new Set<number>()
  const kept = given.map((id) => {
    const number = numberOf(id)
    if (number === undefined || !Number.isInteger(number) || number < 1 || number >= 2 ** 31) return undefined
    if (taken.has(number)) return undefined
    taken.add(number)
    return number
  })
  let next = 1
  return kept.map((id) => {
    if (id !== undefined) return id
    while (taken.has(next)) next++
    taken.add(next)
    return next
  })
}
