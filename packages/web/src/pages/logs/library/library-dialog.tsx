import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { t } from '../../../shell/i18n.ts'
import { HistoryList } from './history-list.tsx'
import { libraryOpen, savingView } from './library-state.ts'
import { ViewList } from './view-list.tsx'
import { loadViews } from './views-data.ts'

const tabs = ['views', 'history'] as const

/** Saved views and the history of queries, with one search box over both. */
export function LibraryDialog() {
  const words = useSignal('')
  const tab = libraryOpen.value ?? 'views'
  useEffect(() => {
    const abort = new AbortController()
    void loadViews(abort.signal)
    return () => abort.abort()
  }, [])
  const close = (): void => {
    libraryOpen.value = undefined
  }
  const List = tab === 'views' ? ViewList : HistoryList
  return (
    <Dialog title={t('library.title')} wide onClose={close}>
      <div class="library">
        <div class="library-head">
          <div class="segments" role="group" aria-label={t('library.title')}>
            {tabs.map((one) => (
              <button
                key={one}
                type="button"
                class="segment"
                aria-pressed={tab === one}
                data-testid={`library-${one}`}
                onClick={() => {
                  libraryOpen.value = one
                }}
              >
                {t(`library.${one}`)}
              </button>
            ))}
          </div>
          <input
            type="search"
            autofocus
            class="field-search library-search"
            placeholder={t('library.search')}
            aria-label={t('library.search')}
            aria-describedby="library-keys"
            data-testid="library-search"
            value={words.value}
            onInput={(event) => {
              words.value = event.currentTarget.value
            }}
            onKeyDown={enterList}
          />
          <Button
            kind="primary"
            icon="bookmark"
            label={t('views.save')}
            testId="library-save"
            onClick={() => {
              close()
              savingView.value = true
            }}
          />
        </div>
        <List words={words.value} close={close} />
        <p class="hint" id="library-keys">
          {t('library.keys')}
        </p>
      </div>
    </Dialog>
  )
}

/** From the search box the arrow goes into the list, and Enter takes its first entry. */
function enterList(event: KeyboardEvent): void {
  if (event.isComposing || event.keyCode === 229) return
  const box = event.currentTarget as HTMLElement
  const first = box.closest('.library')?.querySelector<HTMLElement>('.library-open')
  if (first === null || first === undefined) return
  if (event.key === 'ArrowDown') first.focus()
  else if (event.key === 'Enter') first.click()
  else return
  event.preventDefault()
}
