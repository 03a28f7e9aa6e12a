import { type ChartKind, isChartKind, type Scale } from '../../charts/kinds.ts'
import { defaultQuery } from '../../shell/default-query.ts'
import { isZone } from '../../time/zone.ts'

export interface Column {
  readonly name: string
  /** Pixels. */
  readonly width: number
}

/** What the page shows of the lines of a query: themselves, their patterns, or how they differ from another range. */
export type LogsViewName = 'logs' | 'patterns' | 'compare'

/** Everything that the address of the page says. */
export interface LogsState {
  readonly query: string
  readonly from: string
  readonly to: string
  readonly columns: readonly Column[]
  /** True: oldest first. */
  readonly ascending: boolean
  /** `local`, `UTC` or an IANA name. */
  readonly zone: string
  readonly live: boolean
  /** Record that a permalink points at. */
  readonly at: { readonly ts: string; readonly hash: string } | undefined
  readonly view: LogsViewName
  /** What a range is compared with: `previous`, `day`, `week`, or `from/to` with both ends as the range has them. */
  readonly base: string
  /** How a metric query is drawn, and its scale. */
  readonly chart: ChartKind
  readonly scale: Scale
  /** Id of the saved view that was opened; the rest may have been changed since. */
  readonly saved: string
}

export { defaultQuery }
export const defaultColumnWidth = 140

export const defaults: LogsState = {
  query: defaultQuery,
  from: 'now-1h',
  to: 'now',
  columns: [],
  ascending: false,
  zone: 'local',
  live: false,
  at: undefined,
  view: 'logs',
  base: 'previous',
  chart: 'line',
  scale: 'linear',
  saved: '',
}

/** Reads a query string; whatever it does not say, or says wrongly, has its default. */
export function readState(search: string): LogsState {
  const params = new URLSearchParams(search)
  const zone = params.get('tz') ?? defaults.zone
  const view = params.get('view')
  const chart = params.get('chart') ?? ''
  const at = /^(\d{10,20})-([0-9a-z]+)$/.exec(params.get('at') ?? '')
  return {
    query: params.get('q') ?? defaults.query,
    from: params.get('from') ?? defaults.from,
    to: params.get('to') ?? defaults.to,
    columns: readColumns(params.get('cols') ?? ''),
    ascending: params.get('sort') === 'asc',
    zone: isZone(zone) ? zone : defaults.zone,
    // Patterns and comparisons are of a range: only the rows can be live.
    live: params.get('live') === '1' && view !== 'patterns' && view !== 'compare',
    at: at === null ? undefined : { ts: at[1] ?? '', hash: at[2] ?? '' },
    view: view === 'patterns' || view === 'compare' ? view : 'logs',
    base: params.get('base') ?? defaults.base,
    chart: isChartKind(chart) ? chart : defaults.chart,
    scale: params.get('scale') === 'log' ? 'log' : 'linear',
    saved: /^[0-9a-f]{1,64}$/.exec(params.get('saved') ?? '')?.[0] ?? '',
  }
}

/** The query string of a state, '' when all is default. */
export function writeState(state: LogsState): string {
  const params = new URLSearchParams()
  if (state.query !== defaults.query) params.set('q', state.query)
  if (state.from !== defaults.from) params.set('from', state.from)
  if (state.to !== defaults.to) params.set('to', state.to)
  if (state.columns.length > 0) params.set('cols', writeColumns(state.columns))
  if (state.ascending) params.set('sort', 'asc')
  if (state.zone !== defaults.zone) params.set('tz', state.zone)
  if (state.live) params.set('live', '1')
  if (state.at !== undefined) params.set('at', `${state.at.ts}-${state.at.hash}`)
  if (state.view !== defaults.view) params.set('view', state.view)
  if (state.view === 'compare' && state.base !== defaults.base) params.set('base', state.base)
  if (state.chart !== defaults.chart) params.set('chart', state.chart)
  if (state.scale !== defaults.scale) params.set('scale', state.scale)
  if (state.saved !== '') params.set('saved', state.saved)
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

function readColumns(text: string): Column[] {
  const columns: Column[] = []
  for (const part of text.split(',')) {
    const [rawName = '', rawWidth] = part.split(':')
    let name: string
    try {
      name = decodeURIComponent(rawName)
    } catch {
      continue
    }
    if (name === '' || columns.some((column) => column.name === name)) continue
    const width = Number(rawWidth ?? defaultColumnWidth)
    columns.push({ name, width: Number.isFinite(width) ? Math.min(1200, Math.max(48, width)) : defaultColumnWidth })
  }
  return columns
}

function writeColumns(columns: readonly Column[]): string {
  const one = ({ name, width }: Column): string =>
    encodeURIComponent(name) + (width === defaultColumnWidth ? '' : `:${Math.round(width)}`)
  return columns.map(one).join(',')
}
