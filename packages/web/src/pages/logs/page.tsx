import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { Splitter } from '../../components/splitter.tsx'
import { loadRoom, t } from '../../shell/i18n.ts'
import { useShortcuts } from '../../shell/keys.ts'
import { Lazy } from '../../shell/lazy.tsx'
import { preference } from '../../shell/preferences.ts'
import { FieldList } from './fields/field-list.tsx'
import { Histogram } from './histogram/histogram.tsx'
import { fields, kind, logs, opened, startExplorer } from './model/explorer.ts'
import { RowList } from './rows/row-list.tsx'
import { RowsState } from './rows/rows-state.tsx'
import { StatusBar } from './rows/status-bar.tsx'
import { logShortcuts } from './shortcuts.ts'
import { Toolbar } from './toolbar/toolbar.tsx'
import { usePermalink } from './use-permalink.ts'
import { queryMode, ViewStrip } from './view-strip.tsx'

const fieldsWidth = preference<string>('fieldsWidth', '250')
const panelWidth = preference<string>('panelWidth', '460')

const loadMetric = (): Promise<ComponentType> =>
  Promise.all([import('./metric/metric-view.tsx'), loadRoom('charts')]).then(([m]) => m.MetricView)
const loadLiveBar = (): Promise<ComponentType> => import('./rows/live-bar.tsx').then((m) => m.LiveBar)
const loadPanel = (): Promise<ComponentType> => import('./panel/panel.tsx').then((m) => m.RowPanel)

const withTexts = (load: Promise<ComponentType>): Promise<ComponentType> =>
  Promise.all([load, loadRoom('explore')]).then(([component]) => component)
const loadBuilder = () => withTexts(import('./builder/builder.tsx').then((m) => m.Builder))
const loadPatterns = () => withTexts(import('./patterns/patterns-view.tsx').then((m) => m.PatternsView))
const loadCompare = () => withTexts(import('./compare/compare-view.tsx').then((m) => m.CompareView))

export function LogsPage() {
  useEffect(startExplorer, [])
  useShortcuts(logShortcuts)
  usePermalink()
  // A metric query has no lines to tail: its chart is shown, live or not.
  const metric = kind.value === 'metric'
  const { view, live } = logs.value
  return (
    <div class="logs">
      <Toolbar />
      <ViewStrip />
      {queryMode.value === 'builder' ? <Lazy load={loadBuilder} /> : null}
      <div class="logs-body">
        {fields.open.value === 'yes' && !metric && view !== 'compare' ? (
          <>
            <aside class="fields" style={{ width: `${fieldsWidth.value}px` }} aria-label={t('fields.title')}>
              <FieldList />
            </aside>
            <Splitter label={t('fields.resize')} width={fieldsWidth} min={180} max={520} side="right" />
          </>
        ) : null}
        {metric && view === 'logs' ? (
          <Lazy load={loadMetric} />
        ) : (
          <div class="logs-middle">
            {live ? <Lazy load={loadLiveBar} key="live" /> : metric || view === 'compare' ? null : <Histogram />}
            {view === 'patterns' ? (
              <Lazy load={loadPatterns} key="patterns" />
            ) : view === 'compare' ? (
              <Lazy load={loadCompare} key="compare" />
            ) : (
              <>
                <RowsState />
                <RowList />
                <StatusBar />
              </>
            )}
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
