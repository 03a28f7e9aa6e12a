import type { ComponentType } from 'preact'
import { IconButton } from '../components/button.tsx'
import { Popover } from '../components/popover.tsx'
import { t } from '../shell/i18n.ts'
import { Lazy } from '../shell/lazy.tsx'
import { offsetText } from '../time/zone.ts'
import { rangeText } from './range-text.ts'
import { moveRange, type TimeModel, widenRange } from './time-model.ts'

/** The control of a page's time: earlier, the range and zone in words with a form behind them, later, wider. */
export function timeControlOf(time: TimeModel): ComponentType {
  const loadForm = (): Promise<ComponentType> =>
    import('./time-form.tsx').then(({ TimeForm }) => () => <TimeForm time={time} />)
  return () => {
    const { zone } = time.text.value
    const live = time.live?.value === true
    return (
      <div class="time-control">
        <IconButton
          icon="left"
          label={t('time.earlier')}
          shortcut="earlier"
          disabled={live}
          onClick={() => moveRange(time, -1)}
        />
        <Popover
          label={t('time.label')}
          icon="clock"
          testId="time-control"
          align="end"
          text={
            <>
              <span class="time-range">{live ? t('time.live') : rangeText(time.text.value)}</span>
              <span class="time-zone">{zone === 'local' ? offsetText(Date.now(), zone) : zone}</span>
            </>
          }
        >
          {() => <Lazy load={loadForm} />}
        </Popover>
        <IconButton
          icon="right"
          label={t('time.later')}
          shortcut="later"
          disabled={live}
          onClick={() => moveRange(time, 1)}
        />
        <IconButton
          icon="zoomOut"
          label={t('time.zoomOut')}
          shortcut="zoomOut"
          disabled={live}
          onClick={() => widenRange(time)}
        />
      </div>
    )
  }
}
