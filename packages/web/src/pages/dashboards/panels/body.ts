import type { PanelKind } from '@girok/server/contract'
import type { ComponentType } from 'preact'
import type { PanelBodyProps } from './body-props.ts'
import { ChartPanel } from './chart-panel.tsx'
import { LinesPanel } from './lines-panel.tsx'
import { NumberPanel } from './number-panel.tsx'
import { TablePanel } from './table-panel.tsx'

/** What shows the data of each kind; rows and texts have none. */
export const panelBodies: Readonly<Partial<Record<PanelKind, ComponentType<PanelBodyProps>>>> = {
  line: ChartPanel,
  bar: ChartPanel,
  stacked: ChartPanel,
  heatmap: ChartPanel,
  gauge: NumberPanel,
  value: NumberPanel,
  table: TablePanel,
  logs: LinesPanel,
}
