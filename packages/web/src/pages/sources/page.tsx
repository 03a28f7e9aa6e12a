import { useEffect } from 'preact/hooks'
import { SearchField } from '../../components/search-field.tsx'
import { urlOf } from '../../shell/base.ts'
import { n, t } from '../../shell/i18n.ts'
import { follow } from '../../shell/router.ts'
import { NoMatch } from '../no-match.tsx'
import { PolledPage } from '../polled-page.tsx'
import { answer, opened, report, search, setOpened, shownSources } from './source-data.ts'
import { SourceRow } from './source-row.tsx'

export function SourcesPage() {
  const ready = answer.value !== undefined
  useEffect(() => {
    if (!ready) return
    openLinked()
    window.addEventListener('hashchange', openLinked)
    return () => window.removeEventListener('hashchange', openLinked)
  }, [ready])
  return (
    <PolledPage
      name="sources"
      title={t('sources.title')}
      lead={t('sources.lead')}
      fault={t('sources.fault')}
      source={report}
    >
      <SourceList />
    </PolledPage>
  )
}

function SourceList() {
  const all = answer.value?.sources ?? []
  const shown = shownSources.value
  return (
    <>
      {all.every(({ counts }) => counts.received === 0) ? <NothingYet /> : null}
      <div class="sources-head">
        <SearchField label={t('sources.filter')} text={search} testId="sources-filter" />
        <span class="dim" role="status" data-testid="sources-shown">
          {t('sources.shown', { shown: n(shown.length), all: n(all.length) })}
        </span>
      </div>
      <div class="source-list">
        {shown.map((source) => (
          <SourceRow key={source.name} source={source} open={opened.value.has(source.name)} />
        ))}
      </div>
      {shown.length === 0 ? (
        <NoMatch words={t('sources.noMatch', { text: search.value.trim() })} search={search} testId="sources-none" />
      ) : null}
    </>
  )
}

function NothingYet() {
  return (
    <section class="arrival waiting" data-testid="sources-nothing">
      <span class="lamp" aria-hidden="true" />
      <div>
        <strong>{t('sources.nothing')}</strong>
        <p class="dim">
          {t('sources.nothingHint')}{' '}
          <a href={urlOf('/setup')} onClick={(event) => follow(event, '/setup')}>
            {t('nav.setup')}
          </a>
        </p>
      </div>
    </section>
  )
}

/** Opens the source that the address names (`#otlp`) and brings it into view. */
function openLinked(): void {
  const { hash } = window.location
  const name = answer.peek()?.sources.find((one) => `#${encodeURIComponent(one.name)}` === hash)?.name
  if (name === undefined) return
  search.value = ''
  setOpened(name, true)
  // After the render that shows it.
  setTimeout(() => {
    const row = document.getElementById(`source-${name}`)
    row?.scrollIntoView({ block: 'start' })
    row?.querySelector('summary')?.focus({ preventScroll: true })
  })
}
