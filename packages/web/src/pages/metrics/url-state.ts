import { type ChartKind, isChartKind, type Scale } from '../../charts/kinds.ts'
import { type BasePreset, isPreset } from '../../explore/base-range.ts'
import { isZone } from '../../time/zone.ts'
import { readStep, stepText } from './step.ts'

/** The values over a range of time, or those of its end. */
export type MetricsViewName = 'range' | 'instant'

/** Everything that the address of the page says. */
export interface MetricsState {
  /** PromQL; '' while nothing was asked yet. */
  readonly query: string
  readonly from: string
  readonly to: string
  /** `local`, `UTC` or an IANA name. */
  readonly zone: string
  readonly view: MetricsViewName
  /** Milliseconds between points; undefined: chosen by the length of the range. */
  readonly stepMs: number | undefined
  readonly chart: ChartKind
  readonly scale: Scale
  /** The range that the chart is compared with; undefined: none. */
  readonly compare: BasePreset | undefined
  /** Whether exemplars are drawn where there are any. */
  readonly exemplars: boolean
  /** A selector that the listed metrics must match; '' lists all. */
  readonly match: string
}

export const defaults: MetricsState = {
  query: '',
  from: 'now-1h',
  to: 'now',
  zone: 'local',
  view: 'range',
  stepMs: undefined,
  chart: 'line',
  scale: 'linear',
  compare: undefined,
  exemplars: true,
  match: '',
}

/** Reads a query string; whatever it does not say, or says wrongly, has its default. */
export function readState(search: string): MetricsState {
  const params = new URLSearchParams(search)
  const zone = params.get('tz') ?? defaults.zone
  const chart = params.get('chart') ?? ''
  const compare = params.get('compare') ?? ''
  return {
    query: params.get('q') ?? defaults.query,
    from: params.get('from') ?? defaults.from,
    to: params.get('to') ?? defaults.to,
    zone: isZone(zone) ? zone : defaults.zone,
    view: params.get('view') === 'instant' ? 'instant' : 'range',
    stepMs: readStep(params.get('step') ?? ''),
    chart: isChartKind(chart) ? chart : defaults.chart,
    scale: params.get('scale') === 'log' ? 'log' : 'linear',
    compare: isPreset(compare) ? compare : undefined,
    exemplars: params.get('exemplars') !== 'off',
    match: params.get('match') ?? '',
  }
}

/** The query string of a state, '' when all is default. */
export function writeState(state: MetricsState): string {
  const params = new URLSearchParams()
  if (state.query !== defaults.query) params.set('q', state.query)
  if (state.from !== defaults.from) params.set('from', state.from)
  if (state.to !== defaults.to) params.set('to', state.to)
  if (state.zone !== defaults.zone) params.set('tz', state.zone)
  if (state.view !== defaults.view) params.set('view', state.view)
  if (state.stepMs !== undefined) params.set('step', stepText(state.stepMs))
  if (state.chart !== defaults.chart) params.set('chart', state.chart)
  if (state.scale !== defaults.scale) params.set('scale', state.scale)
  if (state.compare !== undefined) params.set('compare', state.compare)
  if (!state.exemplars) params.set('exemplars', 'off')
  if (state.match !== '') params.set('match', state.match)
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}
