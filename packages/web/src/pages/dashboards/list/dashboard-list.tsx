import type { DashboardsResponse, ListedDashboard } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { fetchDashboards } from '../../../api/dashboards.ts'
import { Button } from '../../../components/button.tsx'
import { SearchField } from '../../../components/search-field.tsx'
import { Latest } from '../../../explore/latest.ts'
import { urlOf } from '../../../shell/base.ts'
import { locale, n, t } from '../../../shell/i18n.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { follow } from '../../../shell/router.ts'
import { relativeText } from '../../../time/words.ts'
import { slots } from '../slots.ts'
import { findDashboards, tagsOf } from './list-state.ts'

const listed = new Latest<DashboardsResponse>()

/** Asks for the list again: after a dashboard was made or deleted. */
export function reloadList(): void {
  void listed.ask((signal) => fetchDashboards(signal))
}

/** Every dashboard, found by words and tags. */
export function DashboardList() {
  const search = useSignal('')
  const tag = useSignal<string | undefined>(undefined)
  useEffect(() => {
    reloadList()
    return () => listed.cancel()
  }, [])
  const answer = listed.answer.value
  const all = answer?.dashboards ?? []
  const tags = useMemo(() => tagsOf(all), [answer])
  const found = useMemo(() => findDashboards(all, search.value, tag.value), [answer, search.value, tag.value])
  return (
    <div class="dash-list-page" data-testid="dashboards">
      <div class="dash-list-column">
        <div class="dash-list-head">
          <h1>{t('dashboards.title')}</h1>
          {slots.list.map((load, index) => (
            <Lazy key={index} load={load} />
          ))}
        </div>
        <p class="lead">{t('dashboards.lead')}</p>
        <SearchField label={t('dashboards.search')} text={search} testId="dashboards-search" />
        {tags.length === 0 ? null : (
          <div class="dash-tags" role="group" aria-label={t('dashboards.tags')}>
            {tags.map((one) => (
              <button
                key={one.tag}
                type="button"
                class="chip"
                aria-pressed={tag.value === one.tag}
                data-testid={`tag-${one.tag}`}
                onClick={() => {
                  tag.value = tag.peek() === one.tag ? undefined : one.tag
                }}
              >
                {one.tag} <span class="dim">{n(one.count)}</span>
              </button>
            ))}
          </div>
        )}
        {listed.error.value === undefined ? null : (
          <div class="notice fault" role="alert">
            <p>
              {t('dashboards.listFault')} {listed.error.value.message}
            </p>
            <Button label={t('error.retry')} onClick={reloadList} />
          </div>
        )}
        {(answer?.faults ?? []).map(({ file, message }) => (
          <p key={file} class="fault" role="alert" data-testid="dashboard-file-fault">
            {t('dashboards.fileFault', { file, message })}
          </p>
        ))}
        {answer === undefined ? null : found.length > 0 ? (
          <ul class="dash-list" aria-label={t('dashboards.list')}>
            {found.map((one) => (
              <Entry key={one.id} entry={one} />
            ))}
          </ul>
        ) : (
          <p class="dash-none" role="status" data-testid="dashboards-none">
            {all.length === 0
              ? t('dashboards.none')
              : t('dashboards.noMatch', { text: search.value.trim() === '' ? (tag.value ?? '') : search.value.trim() })}
          </p>
        )}
      </div>
    </div>
  )
}

function Entry({ entry }: { readonly entry: ListedDashboard }) {
  const { id, title, description, origin, tags, panels, updatedAt } = entry
  const path = `/d/${encodeURIComponent(id)}`
  return (
    <li class="dash-entry">
      <a href={urlOf(path)} data-testid="dashboard" onClick={(event) => follow(event, path)}>
        <span class="dash-entry-title">{title}</span>
        <span class={`dash-origin ${origin}`}>{t(`dashboards.origin.${origin}`)}</span>
        {description === undefined || description === '' ? null : <span class="dash-entry-text">{description}</span>}
        <span class="dash-entry-more">
          <span>{t('dashboards.panels', { n: panels, count: n(panels) })}</span>
          {updatedAt === undefined ? null : (
            <span>{t('dashboards.updated', { when: relativeText(Date.parse(updatedAt), Date.now(), locale()) })}</span>
          )}
          {tags.map((tag) => (
            <span key={tag} class="dash-tag">
              {tag}
            </span>
          ))}
        </span>
      </a>
    </li>
  )
}
