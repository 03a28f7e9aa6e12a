import type { SavedView } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { deleteView, replaceView } from '../../../api/views.ts'
import { Button } from '../../../components/button.tsx'
import { SmallButton } from '../../../components/small-button.tsx'
import { searched } from '../../../explore/history.ts'
import { rangeText } from '../../../explore/range-text.ts'
import { locale, n, t } from '../../../shell/i18n.ts'
import { relativeText } from '../../../time/words.ts'
import { change, logs } from '../model/explorer.ts'
import { isConflict, loadViews, noteDeleted, noteSaved, openView, views, viewsFailed } from './views-data.ts'
import { walkList } from './walk-list.ts'

type Change = { readonly id: string; readonly kind: 'rename' | 'delete' } | undefined

/** Views of the team: open, rename, delete. Whoever deletes or renames is asked first. */
export function ViewList({ words, close }: { readonly words: string; readonly close: () => void }) {
  const changing = useSignal<Change>(undefined)
  const fault = useSignal('')
  const all = views.value
  const { zone, saved } = logs.value
  if (viewsFailed.value !== '' && all === undefined) {
    return (
      <div class="notice fault" role="alert">
        <p>{t('views.failed', { reason: viewsFailed.value })}</p>
        <Button label={t('views.again')} onClick={() => void loadViews()} />
      </div>
    )
  }
  if (all === undefined) return <p class="library-none">{t('views.loading')}</p>
  if (all.length === 0) {
    return (
      <div class="empty" data-testid="views-empty">
        <h2>{t('views.none')}</h2>
        <p>{t('views.noneHint')}</p>
      </div>
    )
  }
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    fault.value = ''
    try {
      await act()
      changing.value = undefined
    } catch (error) {
      fault.value = isConflict(error) ? t('views.changed') : error instanceof Error ? error.message : String(error)
      await loadViews()
    }
  }
  const found = searched(all, words, ({ name, query }) => `${name} ${query}`)
  return (
    <>
      {fault.value === '' ? null : (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
      <ul
        class="library-list"
        aria-label={t('library.views')}
        onKeyDown={(event) =>
          walkList(event, (entry) => {
            changing.value = { id: entry.dataset.view ?? '', kind: 'delete' }
          })
        }
      >
        {found.map((view) => {
          const change_ = changing.value?.id === view.id ? changing.value.kind : undefined
          return (
            <li key={view.id} class={view.id === saved ? 'library-entry current' : 'library-entry'}>
              {change_ === 'rename' ? (
                <RenameForm
                  view={view}
                  onCancel={() => {
                    changing.value = undefined
                  }}
                  onName={(name) =>
                    void attempt(async () => {
                      const { id, version, createdAt: _, updatedAt: __, ...content } = view
                      noteSaved(await replaceView(id, version, { ...content, name }))
                    })
                  }
                />
              ) : (
                <>
                  <button
                    type="button"
                    class="library-open"
                    data-view={view.id}
                    data-testid="view-entry"
                    onClick={() => {
                      openView(view)
                      close()
                    }}
                  >
                    <strong>{view.name}</strong>
                    <code dir="ltr">{view.query}</code>
                    <span class="library-note">{noteOf(view, zone)}</span>
                  </button>
                  {change_ === 'delete' ? (
                    <span class="library-ask" role="alert">
                      {t('views.deleteAsk')}
                      <Button
                        kind="danger"
                        label={t('views.delete')}
                        testId="view-delete-sure"
                        onClick={() =>
                          void attempt(async () => {
                            await deleteView(view.id, view.version)
                            noteDeleted(view.id)
                            if (view.id === logs.peek().saved) change({ saved: '' }, true)
                          })
                        }
                      />
                      <Button
                        label={t('action.cancel')}
                        onClick={() => {
                          changing.value = undefined
                        }}
                      />
                    </span>
                  ) : (
                    <>
                      <SmallButton
                        icon="edit"
                        label={t('views.rename', { name: view.name })}
                        testId="view-rename"
                        onClick={() => {
                          changing.value = { id: view.id, kind: 'rename' }
                        }}
                      />
                      <SmallButton
                        icon="trash"
                        label={t('views.deleteOne', { name: view.name })}
                        testId="view-delete"
                        onClick={() => {
                          changing.value = { id: view.id, kind: 'delete' }
                        }}
                      />
                    </>
                  )}
                </>
              )}
            </li>
          )
        })}
      </ul>
      {found.length === 0 ? <p class="library-none">{t('library.nothing', { words })}</p> : null}
    </>
  )
}

function noteOf(view: SavedView, zone: string): string {
  const count = view.columns.length
  return [
    rangeText({ ...view, zone }),
    ...(count > 0 ? [t('views.columns', { n: count, count: n(count) })] : []),
    t('views.changedAt', { when: relativeText(Date.parse(view.updatedAt), Date.now(), locale()) }),
  ].join(' · ')
}

interface RenameFormProps {
  readonly view: SavedView
  readonly onName: (name: string) => void
  readonly onCancel: () => void
}

function RenameForm({ view, onName, onCancel }: RenameFormProps) {
  const name = useSignal(view.name)
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => box.current?.select(), [])
  return (
    <form
      class="library-rename"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.value.trim() !== '') onName(name.value.trim())
      }}
      onKeyDown={(event) => {
        if (event.isComposing || event.keyCode === 229) return
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        onCancel()
      }}
    >
      <input
        ref={box}
        class="field-search"
        maxLength={120}
        aria-label={t('views.name')}
        data-testid="view-new-name"
        value={name.value}
        onInput={(event) => {
          name.value = event.currentTarget.value
        }}
      />
      <button type="submit" class="button primary">
        {t('views.renameDo')}
      </button>
      <Button label={t('action.cancel')} onClick={onCancel} />
    </form>
  )
}
