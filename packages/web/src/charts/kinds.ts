/** How series are drawn. `value` is one number per series; `table` needs no eyes for shapes. */
export type ChartKind = 'line' | 'bar' | 'stacked' | 'heatmap' | 'table' | 'value'

export const chartKinds: readonly ChartKind[] = ['line', 'bar', 'stacked', 'heatmap', 'table', 'value']

export function isChartKind(text: string): text is ChartKind {
  return (chartKinds as readonly string[]).includes(text)
}

export type Scale = 'linear' | 'log'
