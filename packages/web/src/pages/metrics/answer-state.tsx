import { Button } from '../../components/button.tsx'
import type { Latest } from '../../explore/latest.ts'
import { Progress } from '../../explore/progress.tsx'
import { QueryFault } from '../../explore/query-fault.tsx'
import { t } from '../../shell/i18n.ts'
import { faultInCharacters } from './fault-place.ts'
import { cancelAll, change, metrics, run } from './model.ts'

/** What stands above an answer: failed, under way, taken back. */
export function AnswerState({ asked }: { readonly asked: Latest<unknown> }) {
  const { query } = metrics.value
  const error = asked.error.value
  if (error !== undefined) {
    return (
      <>
        <QueryFault error={faultInCharacters(error, query)} query={query} onRetry={run} />
        {/range vector|string/.test(error.message) && /range query/.test(error.message) ? (
          <div class="notice">
            <p>{t('metrics.notOverTime')}</p>
            <Button icon="table" label={t('metrics.view.instant')} onClick={() => change({ view: 'instant' })} />
          </div>
        ) : null}
      </>
    )
  }
  if (asked.loading.value) return <Progress startedMs={asked.startedMs} onCancel={cancelAll} />
  if (!asked.cancelled.value) return null
  return (
    <div class="notice">
      <p>{t('state.cancelled')}</p>
      <Button icon="play" label={t('query.run')} onClick={run} />
    </div>
  )
}
