import type { ComponentType } from 'preact'
import { IconButton } from '../../../components/button.tsx'
import { Popover } from '../../../components/popover.tsx'
import { t } from '../../../shell/i18n.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { shiftRange, zoomOut } from '../../../time/range.ts'
import { offsetText } from '../../../time/zone.ts'
import { change, logs, range } from '../model/explorer.ts'
import { rangeText } from './range-text.ts'

const loadForm = (): Promise<ComponentType> => import('./time-form.tsx').then((m) => m.TimeForm)

/** Moves the range by half its length. */
export function shiftTime(direction: -1 | 1): void {
  const shown = range.peek()
  if (shown !== undefined && !logs.peek().live) change({ ...shiftRange(shown, direction), at: undefined })
}

export function zoomTimeOut(): void {
  const shown = range.peek()
  if (shown !== undefined && !logs.peek().live) change({ ...zoomOut(shown, Date.now()), at: undefined })
}

export function TimeControl() {
  const { zone, live } = logs.value
  return (
    <div class="time-control">
      <IconButton
        icon="left"
        label={t('time.earlier')}
        shortcut="earlier"
        disabled={live}
        onClick={() => shiftTime(-1)}
      />
      <Popover
        label={t('time.label')}
        icon="clock"
        testId="time-control"
        align="end"
        text={
          <>
            <span class="time-range">{live ? t('time.live') : rangeText(logs.value)}</span>
            <span class="time-zone">{zone === 'local' ? offsetText(Date.now(), zone) : zone}</span>
          </>
        }
      >
        {() => <Lazy load={loadForm} />}
      </Popover>
      <IconButton icon="right" label={t('time.later')} shortcut="later" disabled={live} onClick={() => shiftTime(1)} />
      <IconButton icon="zoomOut" label={t('time.zoomOut')} shortcut="zoomOut" disabled={live} onClick={zoomTimeOut} />
    </div>
  )
}
