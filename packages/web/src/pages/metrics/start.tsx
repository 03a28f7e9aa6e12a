import { Button } from '../../components/button.tsx'
import { SnippetTabs } from '../../components/snippet-tabs.tsx'
import { firstQuery, kindOf, metaOf } from '../../promql/metric-kind.ts'
import { basePath } from '../../shell/base.ts'
import { t } from '../../shell/i18n.ts'
import { navigate } from '../../shell/router.ts'
import { catalogue, change, rewrite } from './model.ts'
import { sendingSnippets } from './sending.ts'

/** The page before anything was asked: queries to start from, or, without any metric, how to send some. */
export function Start() {
  const listed = catalogue.answer.value
  if (listed === undefined) return null
  if (listed.never) return <Never />
  if (listed.names.length === 0) {
    return (
      <div class="empty" data-testid="empty-range">
        <h2>{t('metrics.outside')}</h2>
        <p>{t('metrics.outsideHint')}</p>
        <Button
          kind="primary"
          icon="clock"
          label={t('metrics.widen')}
          onClick={() => change({ from: 'now-1d', to: 'now' })}
        />
        <Button icon="clock" label={t('metrics.widenWeek')} onClick={() => change({ from: 'now-7d', to: 'now' })} />
      </div>
    )
  }
  return (
    <div class="empty" data-testid="start">
      <h2>{t('metrics.start')}</h2>
      <p>{t('metrics.startHint')}</p>
      <ul class="start-queries">
        {firstQueries(listed.names).map((query) => (
          <li key={query}>
            <button type="button" class="start-query" data-testid="start-query" onClick={() => rewrite(query)}>
              <code dir="ltr">{query}</code>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** One query for each kind of metric that there is, and whether targets are up. */
function firstQueries(names: readonly string[]): readonly string[] {
  const meta = catalogue.meta.answer.value ?? new Map()
  const queries = names.includes('up') ? ['up'] : []
  // What a server tells of itself interests less than what people send.
  const own = (name: string): boolean => /^(?:girok|nodejs|process|go)_/.test(name)
  const wanted = [...names.filter((name) => !own(name)), ...names.filter(own)]
  for (const kind of ['buckets', 'counter', 'gauge'] as const) {
    const name = wanted.find((one) => one !== 'up' && kindOf(one, metaOf(one, meta)) === kind)
    if (name !== undefined) queries.push(firstQuery(name, metaOf(name, meta)))
  }
  return queries
}

function Never() {
  return (
    <div class="metrics-never" data-testid="empty-never">
      <div class="empty">
        <h2>{t('metrics.never')}</h2>
        <p>{t('metrics.neverHint')}</p>
        <Button kind="primary" icon="only" label={t('metrics.toTargets')} onClick={() => navigate('/targets')} />
        <Button icon="setup" label={t('metrics.toSetup')} onClick={() => navigate('/setup')} />
      </div>
      <section class="card" aria-label={t('metrics.send')}>
        <SnippetTabs
          label={t('metrics.send')}
          snippets={sendingSnippets(window.location.origin + basePath)}
          prefix="metrics-snippet"
        />
      </section>
    </div>
  )
}
