import type { ReadonlySignal } from '@preact/signals'
import { type RangeNs, type RangeText, shiftRange, zoomOut } from '../time/range.ts'

/** A range as the address holds it, and the zone that times are shown in. */
export interface TimeText extends RangeText {
  /** `local`, `UTC` or an IANA name. */
  readonly zone: string
}

/** The time of a page, for the control that shows and changes it. */
export interface TimeModel {
  readonly text: ReadonlySignal<TimeText>
  /** Ends resolved when the page last asked; undefined while the address holds none. */
  readonly range: ReadonlySignal<RangeNs | undefined>
  /** True while the page follows what comes: there is no range to move then. */
  readonly live?: ReadonlySignal<boolean>
  /** A new entry in the history unless `replace`. */
  change(patch: Partial<TimeText>, replace?: boolean): void
}

function shown(time: TimeModel): RangeNs | undefined {
  return time.live?.peek() === true ? undefined : time.range.peek()
}

/** Moves the range by half its length. */
export function moveRange(time: TimeModel, direction: -1 | 1): void {
  const range = shown(time)
  if (range !== undefined) time.change(shiftRange(range, direction))
}

/** Twice as long, round the same middle. */
export function widenRange(time: TimeModel): void {
  const range = shown(time)
  if (range !== undefined) time.change(zoomOut(range, Date.now()))
}
