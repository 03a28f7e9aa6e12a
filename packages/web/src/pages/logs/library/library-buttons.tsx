import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { Button, IconButton } from '../../../components/button.tsx'
import { loadRoom, t } from '../../../shell/i18n.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { logs } from '../model/explorer.ts'
import { libraryOpen, openViewName, savingView } from './library-state.ts'

const withTexts = (load: Promise<ComponentType>): Promise<ComponentType> =>
  Promise.all([load, loadRoom('library')]).then(([component]) => component)
const loadLibrary = () => withTexts(import('./library-dialog.tsx').then((m) => m.LibraryDialog))
const loadSave = () => withTexts(import('./save-dialog.tsx').then((m) => m.SaveDialog))
const loadOpenView = () => withTexts(import('./open-view.tsx').then((m) => m.OpenView))

/** The ways to saved views and to what was run before. Notes each run in the history. */
export function LibraryButtons() {
  const { query, from, to, saved } = logs.value
  useEffect(() => {
    void import('./past-queries.ts').then(({ noteRun }) => noteRun(query, from, to))
  }, [query, from, to])
  return (
    <div class="library-buttons">
      <Button
        icon="bookmark"
        label={saved === '' || openViewName.value === '' ? t('views.button') : openViewName.value}
        shortcut="views"
        testId="views"
        onClick={() => {
          libraryOpen.value = 'views'
        }}
      >
        {saved === '' ? null : <Lazy load={loadOpenView} />}
      </Button>
      <IconButton
        icon="history"
        label={t('history.button')}
        shortcut="history"
        testId="history"
        onClick={() => {
          libraryOpen.value = 'history'
        }}
      />
      {libraryOpen.value === undefined ? null : <Lazy load={loadLibrary} />}
      {savingView.value ? <Lazy load={loadSave} /> : null}
    </div>
  )
}
