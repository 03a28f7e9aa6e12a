import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Splitter } from '../../components/splitter.tsx'
import { t } from '../../shell/i18n.ts'
import { useShortcuts } from '../../shell/keys.ts'
import { Lazy } from '../../shell/lazy.tsx'
import { preference } from '../../shell/preferences.ts'
import { resolveRange } from '../../time/range.ts'
import { history } from './history.ts'
import { change, metrics, range, startMetrics } from './model.ts'
import { NameList } from './name-list.tsx'
import { namesOpen } from './names-open.ts'
import { metricShortcuts } from './shortcuts.ts'
import { Start } from './start.tsx'
import { Strip } from './strip.tsx'
import { Toolbar } from './toolbar.tsx'

const listWidth = preference<string>('metricNamesWidth', '280')
const loadRange = (): Promise<ComponentType> => import('./range-view.tsx').then((m) => m.RangeView)
const loadInstant = (): Promise<ComponentType> => import('./instant-view.tsx').then((m) => m.InstantView)

export function MetricsPage() {
  useEffect(startMetrics, [])
  useShortcuts(metricShortcuts)
  const { query, from, to, view } = metrics.value
  useEffect(() => history.note(query, from, to), [query, from, to])
  return (
    <div class="logs metrics" data-testid="metrics">
      <h1 class="offscreen">{t('nav.metrics')}</h1>
      <Toolbar />
      <Strip />
      <div class="logs-body">
        {namesOpen.value ? (
          <>
            <aside class="fields" style={{ width: `${listWidth.value}px` }} aria-label={t('metrics.list.label')}>
              <NameList />
            </aside>
            <Splitter label={t('metrics.list.resize')} width={listWidth} min={200} max={560} side="right" />
          </>
        ) : null}
        <div class="logs-middle">
          {range.value === undefined ? (
            // Before the first question it is not known yet whether the range is one.
            resolveRange({ from, to }, Date.now()) === undefined ? (
              <BadRange />
            ) : null
          ) : query === '' ? (
            <Start />
          ) : view === 'instant' ? (
            <Lazy load={loadInstant} key="instant" />
          ) : (
            <Lazy load={loadRange} key="range" />
          )}
        </div>
      </div>
    </div>
  )
}

/** The address holds a range that is none. */
function BadRange() {
  return (
    <div class="notice fault" role="alert">
      <p>{t('state.badRange')}</p>
      <Button label={t('state.lastHour')} onClick={() => change({ from: 'now-1h', to: 'now' })} />
    </div>
  )
}
