import type { Dashboard } from '../../model/dashboard.ts'
import { GirokError } from '../../model/errors.ts'
import { checkDashboard } from '../check.ts'
import { queryFaults } from '../query-faults.ts'
import { isJson, itemsOf, type Json, jsonOf, numberOf, textOf } from './json.ts'
import { placePanels } from './layout.ts'
import { type Note, Notes } from './notes.ts'
import { importPanels } from './panels.ts'
import { sourceFinder } from './sources.ts'
import { importVariables } from './variables.ts'

export interface Imported {
  readonly dashboard: Dashboard
  /** Each part that was left out or has another meaning here. Colours, widths and other looks are not told. */
  readonly unsupported: readonly Note[]
}

/** Whether JSON is a dashboard of Grafana rather than one of ours. */
export function looksLikeGrafana(given: unknown): boolean {
  if (!isJson(given)) return false
  if (isJson(given.dashboard) || isJson(given.spec) || numberOf(given.schemaVersion) !== undefined) return true
  return Array.isArray(given.rows) || isJson(given.templating) || Array.isArray(given.__inputs)
}

/**
 * Makes a dashboard of one that Grafana has exported: the JSON of its models from the time of rows (schema versions below
 * 16) to the newest, bare, in the answer of its API, or as a resource of version 1. Throws `bad_request` when it is none.
 */
export function importGrafana(given: unknown): Imported {
  const source = unwrapped(given)
  const notes = new Notes()
  const sourceOf = sourceFinder(source)
  const variables = importVariables(source, sourceOf, notes)
  const panels = importPanels(placePanels(source, notes), {
    sourceOf,
    variables: new Set(variables.map(({ name }) => name)),
    notes,
  })
  const [description, refresh] = [textOf(source.description), refreshOf(source, notes)]
  const tags = tagsOf(source.tags)
  tellOthers(source, notes)
  const dashboard: Dashboard = {
    title: titleOf(source, notes),
    ...(description !== undefined && { description: description.slice(0, 64 * 1024) }),
    ...(tags.length > 0 && { tags }),
    time: timeOf(source, notes),
    ...(refresh !== undefined && { refresh }),
    variables,
    panels,
  }
  for (const { where, what } of queryFaults(dashboard)) notes.of(where).add(what)
  return { dashboard: checkDashboard(dashboard), unsupported: notes.list() }
}

function unwrapped(given: unknown): Json {
  const outer = jsonOf(given)
  const source = isJson(outer.dashboard) ? outer.dashboard : isJson(outer.spec) ? outer.spec : outer
  if (isJson(source.elements) && isJson(source.layout)) {
    throw new GirokError(
      'bad_request',
      'this is a dashboard of schema version 2, which cannot be imported: export it from Grafana as classic JSON',
    )
  }
  if (!Array.isArray(source.panels) && !Array.isArray(source.rows)) {
    throw new GirokError(
      'bad_request',
      'this is no dashboard of Grafana: it has neither panels nor rows. Send the JSON of its export (Share, Export)',
    )
  }
  return source
}

function titleOf({ title }: Json, notes: Notes): string {
  const line = singleLine(textOf(title) ?? '')
  if (line !== '') return line
  notes.add('has no title')
  return 'Imported dashboard'
}

function tagsOf(given: unknown): readonly string[] {
  const tags = Array.isArray(given) ? given.map((tag) => singleLine(textOf(tag) ?? '')) : []
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, 50)
}

function singleLine(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200)
    .trim()
}

/** `5s`, `1m`; `auto`, `false` and the empty text mean that nothing happens by itself. */
function refreshOf({ refresh }: Json, notes: Notes): string | undefined {
  const text = textOf(refresh)
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,5}[smhd]$/.test(text)) return text
  notes.add(`its refresh ${JSON.stringify(text.slice(0, 40))} is left out`)
  return undefined
}

const LAST_HOURS = { from: 'now-6h', to: 'now' }

function timeOf({ time }: Json, notes: Notes): Dashboard['time'] {
  const { from, to } = jsonOf(time)
  if (from === undefined && to === undefined) return LAST_HOURS
  const [start, end] = [instantOf(from, notes), instantOf(to, notes)]
  if (start !== undefined && end !== undefined) return { from: start, to: end }
  notes.add('its range of time cannot be read: the last 6 hours are shown')
  return LAST_HOURS
}

/** `now-6h`, `now-1d/d` (the beginning of the day is left out), RFC 3339, or milliseconds since the epoch. */
function instantOf(given: unknown, notes: Notes): string | undefined {
  const text = textOf(given)
  const [, amount, unit, rounding] = /^now(?:-(\d{1,4})([smhdwMy]))?(\/[smhdwMyQ])?$/.exec(text ?? '') ?? []
  if (rounding !== undefined) notes.add(`its time ${text} is not rounded`)
  if (unit === 'M' || unit === 'y') {
    const days = Math.min(999_999, Number(amount) * (unit === 'M' ? 30 : 365))
    notes.add(`its time ${text} is ${days} days here`)
    return `now-${days}d`
  }
  if (unit !== undefined) return `now-${amount}${unit}`
  if (text?.startsWith('now') === true) return rounding !== undefined || text === 'now' ? 'now' : undefined
  const ms = numberOf(given) ?? Date.parse(text ?? '')
  return Number.isFinite(ms) && ms > 0 && ms < 4e12 ? new Date(ms).toISOString() : undefined
}

function tellOthers(source: Json, notes: Notes): void {
  for (const annotation of itemsOf(jsonOf(source.annotations).list)) {
    // Every dashboard has this one.
    if (numberOf(annotation.builtIn) === 1) continue
    notes.of(`annotation ${shown(annotation.name)}`).add('is left out: there are no annotations')
  }
  for (const { title, type } of itemsOf(source.links)) {
    notes.of(`link ${shown(textOf(title) ?? type)}`).add('is left out: dashboards have no links')
  }
  const zone = textOf(source.timezone)
  if (zone !== undefined && zone !== 'browser') {
    notes.add(`its time zone ${zone.slice(0, 40)} is left out: times are shown in the zone that the reader has chosen`)
  }
}

function shown(text: unknown): string {
  return JSON.stringify((textOf(text) ?? '').slice(0, 100))
}
