import type { PanelKind } from '@girok/server/contract'
import type { ComponentType } from 'preact'
import type { ShownPanel } from '../model/repeat.ts'
import { ChartPanel } from './chart-panel.tsx'
import type { PanelContent } from './content.ts'
import { LinesPanel } from './lines-panel.tsx'
import { NumberPanel } from './number-panel.tsx'
import { TablePanel } from './table-panel.tsx'

export interface PanelBodyProps {
  readonly shown: ShownPanel
  readonly content: PanelContent
  /** Alone on the page: with more beside the drawing. */
  readonly solo: boolean
  /** The panel's name, variables filled in. */
  readonly title: string
}

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
