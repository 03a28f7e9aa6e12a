import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { SmallButton } from '../../components/small-button.tsx'
import { searched } from '../../explore/history.ts'
import { rangeText } from '../../explore/range-text.ts'
import { locale, n, t } from '../../shell/i18n.ts'
import { relativeText } from '../../time/words.ts'
import { history } from './history.ts'
import { change, metrics } from './model.ts'

/** Queries run in this browser, newest first. Opening one brings its time range as well. */
export function PastList() {
  const box = useRef<HTMLDivElement>(null)
  const words = useSignal('')
  const all = history.past.value
  const { zone } = metrics.value
  const close = (): void => box.current?.closest<HTMLElement>('[popover]')?.hidePopover()
  return (
    <div class="past-list" ref={box}>
      {all.length === 0 ? (
        <div class="empty" data-testid="history-empty">
          <h2>{t('history.none')}</h2>
          <p>{t('history.noneHint')}</p>
        </div>
      ) : (
        <>
          <SearchField label={t('metrics.past.search')} text={words} testId="history-search" />
          <ul class="library-list" aria-label={t('history.button')}>
            {searched(all, words.value, (one) => one.query).map((one) => (
              <li key={one.query} class="library-entry">
                <button
                  type="button"
                  class="library-open"
                  data-testid="history-entry"
                  onClick={() => {
                    change({ query: one.query, from: one.from, to: one.to })
                    close()
                  }}
                >
                  <code dir="ltr">{one.query}</code>
                  <span class="library-note">
                    {`${relativeText(one.at, Date.now(), locale())} · ${rangeText({ ...one, zone })}`}
                  </span>
                </button>
                <SmallButton icon="trash" label={t('history.forget')} onClick={() => history.forget(one.query)} />
              </li>
            ))}
          </ul>
          <div class="library-foot">
            <span class="hint">{t('history.local', { n: all.length, count: n(all.length) })}</span>
            <Button
              icon="trash"
              label={t('history.forgetAll')}
              testId="history-forget-all"
              onClick={() => history.forgetAll()}
            />
          </div>
        </>
      )}
    </div>
  )
}
