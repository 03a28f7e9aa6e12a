import type { ChartFrame } from './frame.ts'
import type { ChartKind, Scale } from './kinds.ts'
import type { Unit } from './unit.ts'

/** What a chart gives to those who copy it. */
export interface ChartHandle {
  /** The picture, with a title above and names below. */
  picture(title: string): HTMLCanvasElement
}

export interface ChartProps {
  readonly frame: ChartFrame
  readonly kind: ChartKind
  readonly unit: Unit
  /** A stack is always linear: logarithms do not add up. */
  readonly scale: Scale
  /** `local`, `UTC` or an IANA name. */
  readonly zone: string
  /** Asked to show a shorter time, milliseconds; absent: dragging does nothing. */
  readonly onZoom?: (fromMs: number, toMs: number) => void
  /** Filled while there is a drawing; a table and single values have none. */
  readonly handle?: { current: ChartHandle | undefined }
}
