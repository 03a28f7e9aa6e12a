import type { SavedView } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { createView, replaceView } from '../../../api/views.ts'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { toast } from '../../../components/toast.tsx'
import { rangeText } from '../../../explore/range-text.ts'
import { n, t } from '../../../shell/i18n.ts'
import { change, draft, logs } from '../model/explorer.ts'
import { savingView } from './library-state.ts'
import { contentOf, isConflict, loadViews, noteSaved, openView, versionOf, views } from './views-data.ts'

function close(): void {
  savingView.value = false
}

/** Keeps what the page shows under a name, for the whole team; or writes it back into the view that is open. */
export function SaveDialog() {
  const state = { ...logs.value, query: draft.value.trim() === '' ? logs.value.query : draft.value.trim() }
  const open = views.value?.find((view) => view.id === state.saved)
  const name = useSignal<string | undefined>(undefined)
  const fault = useSignal('')
  /** The newer version that a colleague saved, when ours was refused. */
  const theirs = useSignal<SavedView | undefined>(undefined)
  const busy = useSignal(false)
  useEffect(() => {
    const abort = new AbortController()
    void loadViews(abort.signal)
    return () => abort.abort()
  }, [])
  const typed = name.value ?? open?.name ?? ''

  const save = async (version: number | undefined): Promise<void> => {
    const wanted = typed.trim()
    if (wanted === '') {
      fault.value = t('views.nameWanted')
      return
    }
    if (busy.peek()) return
    busy.value = true
    fault.value = ''
    try {
      const content = contentOf(state, wanted)
      const overwrites = open !== undefined && version !== undefined
      const saved = await (overwrites ? replaceView(open.id, version, content) : createView(content))
      noteSaved(saved)
      change({ query: content.query, saved: saved.id }, true)
      toast(t('views.savedAs', { name: saved.name }))
      close()
    } catch (error) {
      fault.value = error instanceof Error ? error.message : String(error)
      if (isConflict(error)) {
        await loadViews()
        const newer = views.peek()?.find((view) => view.id === open?.id)
        theirs.value = newer !== undefined && version !== undefined && newer.version !== version ? newer : undefined
        // A view that is at the version we named was refused for its name.
        if (theirs.peek() === undefined) fault.value = t('views.nameTaken', { name: wanted })
      }
    }
    busy.value = false
  }
  const newer = theirs.value
  return (
    <Dialog title={t('views.save')} onClose={close}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void save(open === undefined ? undefined : versionOf(open))
        }}
      >
        <label class="field">
          <span>{t('views.name')}</span>
          <input
            data-autofocus
            autofocus
            maxLength={120}
            data-testid="view-name"
            value={typed}
            onInput={(event) => {
              name.value = event.currentTarget.value
            }}
            onKeyDown={(event) => {
              // While an input method composes a syllable, Enter belongs to it.
              if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229)) event.preventDefault()
            }}
          />
        </label>
        <code class="query-preview">{state.query}</code>
        <p class="hint">
          {rangeText(state)}
          {state.columns.length > 0
            ? ` · ${t('views.columns', { n: state.columns.length, count: n(state.columns.length) })}`
            : ''}
        </p>
        <p class="hint">{t('views.shared')}</p>
        {newer === undefined ? (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        ) : (
          <div class="notice fault" role="alert" data-testid="view-conflict">
            <p>{t('views.conflict', { name: newer.name })}</p>
            <code class="query-preview">{newer.query}</code>
            <div class="notice-actions">
              <Button
                label={t('views.openTheirs')}
                onClick={() => {
                  openView(newer)
                  close()
                }}
              />
              <Button
                kind="danger"
                label={t('views.overwrite')}
                testId="view-overwrite"
                onClick={() => void save(newer.version)}
              />
            </div>
          </div>
        )}
        <div class="form-end">
          {open === undefined ? null : (
            <Button label={t('views.saveNew')} testId="view-save-new" onClick={() => void save(undefined)} />
          )}
          <button type="submit" class="button primary" data-testid="view-save" disabled={busy.value}>
            {open === undefined ? t('views.save') : t('views.saveChanges')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
