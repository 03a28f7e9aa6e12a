import type { Panel } from '@girok/server/contract'
import { useSignalEffect } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { t } from '../../../../shell/i18n.ts'
import { panels } from '../../model/dashboard-state.ts'
import { PanelFrame } from '../../panels/panel-frame.tsx'
import { point } from '../../panels/point-state.ts'

/** The panel as it would be, with data. */
export function Preview({ panel }: { readonly panel: Panel }) {
  // A panel that is repeated is shown for the first of its values.
  const scoped = useMemo(
    () => panels.peek().find((shown) => shown.panel.id === panel.id)?.scoped ?? new Map(),
    [panel.id],
  )
  // The menu of a point lies below the dialog, where nothing can be pressed.
  useSignalEffect(() => {
    if (point.value !== undefined) point.value = undefined
  })
  return (
    <div class="panel-preview" role="group" aria-label={t('editing.preview')}>
      <PanelFrame shown={{ id: 'preview', panel, place: panel.place, scoped, row: undefined }} />
    </div>
  )
}
