import { useSignal } from '@preact/signals'
import { Button, IconButton } from '../../../components/button.tsx'
import { t } from '../../../shell/i18n.ts'
import { change, fields, logs } from '../model/explorer.ts'
import { ExportDialog } from './export-dialog.tsx'
import { QueryBar } from './query-bar.tsx'
import { TimeControl } from './time-control.tsx'

export function toggleFields(): void {
  fields.open.value = fields.open.peek() === 'yes' ? 'no' : 'yes'
}

export function toggleLive(): void {
  const state = logs.peek()
  change({ live: !state.live, at: undefined })
}

/** The one bar above the rows: query, live, time, export. */
export function Toolbar() {
  const exporting = useSignal(false)
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
        icon="export"
        label={t('export.title')}
        testId="export"
        onClick={() => {
          exporting.value = true
        }}
      />
      {exporting.value ? (
        <ExportDialog
          onClose={() => {
            exporting.value = false
          }}
        />
      ) : null}
    </div>
  )
}
