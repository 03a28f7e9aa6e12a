import { signal } from '@preact/signals'
import type { ChartPoint } from '../../../charts/chart-props.ts'
import { createCrosshair } from '../../../charts/crosshair.ts'
import type { ShownPanel } from '../model/repeat.ts'
import type { PanelContent } from './content.ts'

/** A point of a chart that was chosen, with the panel that it is of. */
export interface ChosenPoint {
  readonly shown: ShownPanel
  readonly content: PanelContent
  readonly at: ChartPoint
}

/** The point whose menu is open. */
export const point = signal<ChosenPoint | undefined>(undefined)

export function closePoint(): void {
  point.value = undefined
}

/** All charts of a dashboard show the same time under the pointer. */
export const crosshair = createCrosshair()
