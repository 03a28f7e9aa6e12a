import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { Splitter } from '../../components/splitter.tsx'
import { t } from '../../shell/i18n.ts'
import { useShortcuts } from '../../shell/keys.ts'
import { Lazy } from '../../shell/lazy.tsx'
import { preference } from '../../shell/preferences.ts'
import { FieldList } from './fields/field-list.tsx'
import { Histogram } from './histogram/histogram.tsx'
import { fields, kind, logs, opened, startExplorer } from './model/explorer.ts'
import { LiveBar } from './rows/live-bar.tsx'
import { RowList } from './rows/row-list.tsx'
import { RowsState } from './rows/rows-state.tsx'
import { StatusBar } from './rows/status-bar.tsx'
import { logShortcuts } from './shortcuts.ts'
import { Toolbar } from './toolbar/toolbar.tsx'
import { usePermalink } from './use-permalink.ts'

const fieldsWidth = preference<string>('fieldsWidth', '250')
const panelWidth = preference<string>('panelWidth', '460')

const loadMetric = (): Promise<ComponentType> => import('./metric/metric-view.tsx').then((m) => m.MetricView)
const loadPanel = (): Promise<ComponentType> => import('./panel/panel.tsx').then((m) => m.RowPanel)

export function LogsPage() {
  useEffect(startExplorer, [])
  useShortcuts(logShortcuts)
  usePermalink()
  // A metric query has no lines to tail: its chart is shown, live or not.
  const metric = kind.value === 'metric'
  return (
    <div class="logs">
      <Toolbar />
      <div class="logs-body">
        {fields.open.value === 'yes' && !metric ? (
          <>
            <aside class="fields" style={{ width: `${fieldsWidth.value}px` }} aria-label={t('fields.title')}>
              <FieldList />
            </aside>
            <Splitter label={t('fields.resize')} width={fieldsWidth} min={180} max={520} side="right" />
          </>
        ) : null}
        {metric ? (
          <Lazy load={loadMetric} />
        ) : (
          <div class="logs-middle">
            {logs.value.live ? <LiveBar /> : <Histogram />}
            <RowsState />
            <RowList />
            <StatusBar />
          </div>
        )}
        {opened.value === undefined ? null : (
          <>
            <Splitter label={t('panel.resize')} width={panelWidth} min={300} max={1000} side="left" />
            <aside class="panel" style={{ width: `${panelWidth.value}px` }} aria-label={t('panel.title')}>
              <Lazy load={loadPanel} />
            </aside>
          </>
        )}
      </div>
    </div>
  )
}
