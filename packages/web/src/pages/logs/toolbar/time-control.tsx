import { computed } from '@preact/signals'
import { timeControlOf } from '../../../explore/time-control.tsx'
import { moveRange, type TimeModel, widenRange } from '../../../explore/time-model.ts'
import { change, logs, range } from '../model/explorer.ts'

const time: TimeModel = {
  text: logs,
  range,
  live: computed(() => logs.value.live),
  change: (patch, replace) =>
    change(patch.from === undefined ? patch : { ...patch, live: false, at: undefined }, replace),
}

export const TimeControl = timeControlOf(time)

export function shiftTime(direction: -1 | 1): void {
  moveRange(time, direction)
}

export function zoomTimeOut(): void {
  widenRange(time)
}
