import type { Crosshair } from './crosshair.ts'
import type { ChartFrame, ChartSeries } from './frame.ts'
import type { ChartKind, Scale } from './kinds.ts'
import type { Unit } from './unit.ts'

/** What a chart gives to those who copy it. */
export interface ChartHandle {
  /** The picture, with a title above and names below. */
  picture(title: string): HTMLCanvasElement
}

/** A line across the chart from which a colour of the theme holds. */
export interface Threshold {
  readonly value: number
  readonly colour: 'info' | 'ok' | 'warn' | 'error'
}

/** A stretch of time that is shaded. Unix seconds, the end exclusive. */
export interface ChartSpan {
  readonly from: number
  readonly to: number
  readonly colour: Threshold['colour']
}

/** A measurement told with what it belongs to, a trace for the most part. */
export interface ChartExemplar {
  /** Unix seconds. */
  readonly time: number
  readonly value: number
  readonly labels: Readonly<Record<string, string>>
  /** Name of its series within the frame, for its colour. */
  readonly series?: string | undefined
}

/** A place on a chart that was chosen. */
export interface ChartPoint {
  /** Unix seconds, of the nearest time. */
  readonly time: number
  /** The series nearest to the pointer, if any is near. */
  readonly series: ChartSeries | undefined
  /** Where on the page. */
  readonly clientX: number
  readonly clientY: number
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
  /** Decimals of values; absent: as many as tell them apart. */
  readonly decimals?: number | undefined
  /** Ends of the axis; absent: by the values. */
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly thresholds?: readonly Threshold[] | undefined
  /** Drawn behind the series. */
  readonly spans?: readonly ChartSpan[] | undefined
  /** Values that the axis shows although no series reaches them. */
  readonly reach?: readonly number[] | undefined
  readonly exemplars?: readonly ChartExemplar[] | undefined
  readonly onExemplar?: ((exemplar: ChartExemplar) => void) | undefined
  /** A click, or Space at the cursor of the keyboard. */
  readonly onPoint?: ((point: ChartPoint) => void) | undefined
  /** Shared by charts that show the same time under the pointer. */
  readonly crosshair?: Crosshair | undefined
  /** `table`: names with numbers below; `list`: names alone in few lines; `none`. */
  readonly legend?: 'table' | 'list' | 'none' | undefined
  /** Filled while there is a drawing; a table and single values have none. */
  readonly handle?: { current: ChartHandle | undefined }
}
