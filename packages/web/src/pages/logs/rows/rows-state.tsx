import type { ComponentType } from 'preact'
import { Button } from '../../../components/button.tsx'
import { Progress } from '../../../explore/progress.tsx'
import { QueryFault } from '../../../explore/query-fault.tsx'
import { t } from '../../../shell/i18n.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { cancelAll, logs, range, run, search } from '../model/explorer.ts'
import { BadRange } from './bad-range.tsx'

const loadNothing = (): Promise<ComponentType> => import('./nothing.tsx').then((m) => m.Nothing)

/** What stands above (or instead of) the rows: under way, failed, or which kind of nothing was found. */
export function RowsState() {
  const status = search.status.value
  const error = search.error.value
  void search.version.value
  if (range.value === undefined) return <BadRange />
  if (logs.value.live) return null
  if (error !== undefined) return <QueryFault error={error} query={logs.value.query} onRetry={run} />
  if (status === 'loading') return <Progress startedMs={search.startedMs} onCancel={cancelAll} />
  if (status === 'cancelled') {
    return (
      <div class="notice">
        <p>{t('state.cancelled')}</p>
        <Button icon="play" label={t('query.run')} onClick={run} />
      </div>
    )
  }
  if (status === 'ready' && search.rows.length === 0) {
    return <Lazy load={loadNothing} key={logs.value.query + logs.value.from} />
  }
  return null
}
