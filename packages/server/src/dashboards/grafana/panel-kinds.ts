import type { PanelKind } from '../../model/dashboard.ts'
import { type Json, jsonOf, textOf } from './json.ts'

/** What a type of panel becomes here; `told` where it looks otherwise. */
export interface KindFound {
  readonly kind: PanelKind
  readonly told?: string
}

/** Types that we have nothing for: nothing of their data could be shown in a way that means the same. */
export const NOT_SHOWN: ReadonlyMap<string, string> = new Map([
  ['nodeGraph', 'graphs of nodes'],
  ['geomap', 'maps'],
  ['grafana-worldmap-panel', 'maps'],
  ['canvas', 'drawings'],
  ['traces', 'traces'],
  ['flamegraph', 'flame graphs'],
  ['xychart', 'plots of two values'],
  ['candlestick', 'candlesticks'],
  ['alertlist', 'lists of alerts'],
  ['dashlist', 'lists of dashboards'],
  ['annolist', 'lists of annotations'],
  ['news', 'news'],
  ['welcome', 'greetings'],
  ['gettingstarted', 'greetings'],
  ['pluginlist', 'lists of plugins'],
  ['live', 'live channels'],
  ['debug', 'debugging'],
  ['datagrid', 'data grids'],
])

type Chooser = (panel: Json) => KindFound

const TYPES: ReadonlyMap<string, Chooser> = new Map<string, Chooser>([
  ['timeseries', timeSeries],
  ['trend', (panel) => ({ ...timeSeries(panel), told: 'its x axis is the time here' })],
  ['graph', graph],
  ['stat', () => ({ kind: 'value' })],
  ['singlestat', singleStat],
  ['grafana-singlestat-panel', singleStat],
  ['gauge', () => ({ kind: 'gauge' })],
  ['bargauge', () => ({ kind: 'gauge', told: 'bars are gauges here' })],
  ['table', () => ({ kind: 'table' })],
  ['table-old', () => ({ kind: 'table' })],
  ['heatmap', () => ({ kind: 'heatmap' })],
  ['barchart', barChart],
  ['piechart', () => ({ kind: 'value', told: 'a pie is a value for each of its slices here' })],
  ['grafana-piechart-panel', () => ({ kind: 'value', told: 'a pie is a value for each of its slices here' })],
  ['grafana-polystat-panel', () => ({ kind: 'value', told: 'hexagons are values here' })],
  ['histogram', () => ({ kind: 'bar', told: 'values are shown over time, not counted by size' })],
  ['state-timeline', () => ({ kind: 'line', told: 'states are lines of their values here' })],
  ['status-history', () => ({ kind: 'heatmap', told: 'states are shades of their values here' })],
  ['flant-statusmap-panel', () => ({ kind: 'heatmap', told: 'states are shades of their values here' })],
  ['logs', () => ({ kind: 'logs' })],
  ['text', () => ({ kind: 'text' })],
  ['row', () => ({ kind: 'row' })],
])

/** Undefined for a type that is not known. */
export function kindOf(panel: Json): KindFound | undefined {
  return TYPES.get(textOf(panel.type) ?? '')?.(panel)
}

function timeSeries(panel: Json): KindFound {
  const custom = jsonOf(jsonOf(jsonOf(panel.fieldConfig).defaults).custom)
  const stacking = textOf(jsonOf(custom.stacking).mode) ?? 'none'
  if (stacking === 'percent') return { kind: 'stacked', told: 'shares of the whole are stacked as they are' }
  if (stacking !== 'none') return { kind: 'stacked' }
  const style = textOf(custom.drawStyle)
  if (style === 'bars') return { kind: 'bar' }
  return style === 'points' ? { kind: 'line', told: 'points are joined to lines' } : { kind: 'line' }
}

function graph(panel: Json): KindFound {
  const mode = textOf(jsonOf(panel.xaxis).mode) ?? 'time'
  if (mode === 'series') return { kind: 'value', told: 'bars by series are values here' }
  if (mode === 'histogram') return { kind: 'bar', told: 'values are shown over time, not counted by size' }
  if (panel.stack === true) {
    const share = panel.percentage === true
    return share ? { kind: 'stacked', told: 'shares of the whole are stacked as they are' } : { kind: 'stacked' }
  }
  if (panel.bars === true && panel.lines !== true) return { kind: 'bar' }
  if (panel.points === true && panel.lines === false) return { kind: 'line', told: 'points are joined to lines' }
  return { kind: 'line' }
}

function singleStat(panel: Json): KindFound {
  return { kind: jsonOf(panel.gauge).show === true ? 'gauge' : 'value' }
}

/** Bars by category are rows of a table here; bars over time are bars. */
function barChart(panel: Json): KindFound {
  const targets = Array.isArray(panel.targets) ? panel.targets.map(jsonOf) : []
  const ofMoment = targets.length > 0 && targets.every(({ instant, format }) => instant === true || format === 'table')
  return ofMoment ? { kind: 'table', told: 'bars by category are rows of a table here' } : { kind: 'bar' }
}
