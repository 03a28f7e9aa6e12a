import { useEffect } from 'preact/hooks'
import { t } from '../../../shell/i18n.ts'
import { logs } from '../model/explorer.ts'
import { differs, loadViews, views } from './views-data.ts'

/** A mark beside the name of the open view while the page shows something else than it holds. */
export function OpenView() {
  const state = logs.value
  useEffect(() => {
    const abort = new AbortController()
    if (views.peek() === undefined) void loadViews(abort.signal)
    return () => abort.abort()
  }, [])
  const open = views.value?.find((view) => view.id === state.saved)
  if (open === undefined || !differs(state, open)) return null
  return (
    <span class="modified" title={t('views.modified')} data-testid="view-modified">
      {'•'}
    </span>
  )
}
