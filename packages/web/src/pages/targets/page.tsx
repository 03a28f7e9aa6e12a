import type { TargetsResponse } from '@girok/server/contract'
import { SearchField } from '../../components/search-field.tsx'
import { n, t } from '../../shell/i18n.ts'
import { NoMatch } from '../no-match.tsx'
import { PolledPage } from '../polled-page.tsx'
import { LabelList } from './label-list.tsx'
import { StartScraping } from './start-scraping.tsx'
import { answer, found, report, search } from './target-data.ts'
import { TargetTable } from './target-table.tsx'

export function TargetsPage() {
  return (
    <PolledPage
      name="targets"
      title={t('targets.title')}
      lead={t('targets.lead')}
      fault={t('targets.fault')}
      source={report}
    >
      {answer.value === undefined ? null : <TargetList answer={answer.value} />}
    </PolledPage>
  )
}

function TargetList({
  answer: { configured, fault, pools, active, dropped, nowMs },
}: {
  readonly answer: TargetsResponse
}) {
  if (!configured) return <StartScraping />
  const shown = found.value.reduce((sum, { targets }) => sum + targets.length, 0)
  return (
    <>
      {fault === undefined ? null : (
        <p class="fault" role="alert" data-testid="targets-config-fault">
          {t('targets.notInForce')} {fault}
        </p>
      )}
      {pools.length === 0 ? (
        <p class="card" data-testid="targets-no-jobs">
          {t('targets.noJobs')}
        </p>
      ) : (
        <div class="sources-head">
          <SearchField label={t('targets.filter')} text={search} testId="targets-filter" />
          <span class="dim" role="status" data-testid="targets-shown">
            {t('targets.shown', { shown: n(shown), all: n(active.length), n: active.length })}
          </span>
        </div>
      )}
      {found.value.map((pool) => (
        <TargetTable key={pool.name} pool={pool} nowMs={nowMs} />
      ))}
      {pools.length > 0 && found.value.length === 0 ? (
        <NoMatch words={t('targets.noMatch', { text: search.value.trim() })} search={search} testId="targets-nothing" />
      ) : null}
      {dropped.length === 0 ? null : (
        <details class="card agent-start" data-testid="targets-dropped">
          <summary>{t('targets.dropped', { count: n(dropped.length), n: dropped.length })}</summary>
          <ul>
            {dropped.slice(0, 200).map(({ scrapePool, discoveredLabels }) => (
              <li key={`${scrapePool} ${JSON.stringify(discoveredLabels)}`}>
                <LabelList labels={discoveredLabels} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}
