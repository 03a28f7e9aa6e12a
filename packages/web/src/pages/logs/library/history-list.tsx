import { Button } from '../../../components/button.tsx'
import { SmallButton } from '../../../components/small-button.tsx'
import { searched } from '../../../explore/history.ts'
import { rangeText } from '../../../explore/range-text.ts'
import { locale, n, t } from '../../../shell/i18n.ts'
import { relativeText } from '../../../time/words.ts'
import { change, logs } from '../model/explorer.ts'
import { forgetAll, forgetQuery, pastQueries } from './past-queries.ts'
import { walkList } from './walk-list.ts'

/** Queries run in this browser, newest first. Opening one brings its time range as well. */
export function HistoryList({ words, close }: { readonly words: string; readonly close: () => void }) {
  const all = pastQueries.value
  const found = searched(all, words, (one) => one.query)
  const { zone } = logs.value
  if (all.length === 0) {
    return (
      <div class="empty" data-testid="history-empty">
        <h2>{t('history.none')}</h2>
        <p>{t('history.noneHint')}</p>
      </div>
    )
  }
  return (
    <>
      <ul
        class="library-list"
        aria-label={t('library.history')}
        onKeyDown={(event) => walkList(event, (entry) => forgetQuery(entry.dataset.query ?? ''))}
      >
        {found.map((one) => (
          <li key={one.query} class="library-entry">
            <button
              type="button"
              class="library-open"
              data-query={one.query}
              data-testid="history-entry"
              onClick={() => {
                change({
                  query: one.query,
                  from: one.from,
                  to: one.to,
                  view: 'logs',
                  live: false,
                  at: undefined,
                  saved: '',
                })
                close()
              }}
            >
              <code dir="ltr">{one.query}</code>
              <span class="library-note">
                {`${relativeText(one.at, Date.now(), locale())} · ${rangeText({ ...one, zone })}`}
              </span>
            </button>
            <SmallButton icon="trash" label={t('history.forget')} onClick={() => forgetQuery(one.query)} />
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p class="library-none">{t('library.nothing', { words })}</p> : null}
      <div class="library-foot">
        <span class="hint">{t('history.local', { n: all.length, count: n(all.length) })}</span>
        <Button icon="trash" label={t('history.forgetAll')} testId="history-forget-all" onClick={forgetAll} />
      </div>
    </>
  )
}
