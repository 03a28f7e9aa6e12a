import type { ComponentType } from 'preact'
import { Button, IconButton } from '../../../components/button.tsx'
import { t } from '../../../shell/i18n.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { change, fields, logs } from '../model/explorer.ts'
import { exporting } from './export-state.ts'
import { QueryBar } from './query-bar.tsx'
import { TimeControl } from './time-control.tsx'

export function toggleFields(): void {
  fields.open.value = fields.open.peek() === 'yes' ? 'no' : 'yes'
}

export function toggleLive(): void {
  const state = logs.peek()
  change({ live: !state.live, view: 'logs', at: undefined })
}

const loadExport = (): Promise<ComponentType> => import('./export-dialog.tsx').then((m) => m.ExportDialog)

/** The one bar above the rows: query, live, time, export. */
export function Toolbar() {
  const { live } = logs.value
  return (
    <div class="toolbar" role="search">
      <IconButton
        icon="fields"
        label={t('fields.toggle')}
        shortcut="fields"
        pressed={fields.open.value === 'yes'}
        testId="toggle-fields"
        onClick={toggleFields}
      />
      <QueryBar />
      <Button
        icon="live"
        label={t('live.button')}
        shortcut="live"
        pressed={live}
        class="live-button"
        testId="live"
        onClick={toggleLive}
      />
      <TimeControl />
      <IconButton
        icon="bell"
        label={t('action.alert')}
        testId="create-alert"
        onClick={() => void import('../../alerts/from-query.ts').then((m) => m.createAlert('logql', logs.peek().query))}
      />
      <IconButton
        icon="export"
        label={t('export.title')}
        testId="export"
        onClick={() => {
          exporting.value = true
        }}
      />
      {exporting.value ? <Lazy load={loadExport} /> : null}
    </div>
  )
}
