import { useEffect } from 'preact/hooks'
import { Button } from '../../../components/button.tsx'
import { resolveBase } from '../../../explore/base-range.ts'
import { Progress } from '../../../explore/progress.tsx'
import { QueryFault } from '../../../explore/query-fault.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { LinesWanted } from '../lines-wanted.tsx'
import { change, kind, logs, range, run } from '../model/explorer.ts'
import { BadRange } from '../rows/bad-range.tsx'
import { oneLine } from '../rows/visible-text.ts'
import { zoomTimeOut } from '../toolbar/time-control.tsx'
import { BasePicker } from './base-picker.tsx'
import { ChangedPatterns } from './changed-patterns.tsx'
import { type Comparison, compared, loadComparison } from './compare-data.ts'
import { countsOf, liftText, mostTelling } from './differences.ts'
import { LiftedFields } from './lifted-fields.tsx'

/** What is different in the range on screen against another: shapes of lines, and values of fields. */
export function CompareView() {
  const shown = range.value
  const { query, base: chosen } = logs.value
  const base = shown === undefined ? undefined : resolveBase(chosen, shown, Date.now())
  useEffect(() => {
    if (shown !== undefined && base !== undefined && kind.peek() === 'log') void loadComparison(query, shown, base)
    return () => compared.cancel()
  }, [shown, query, chosen])
  if (shown === undefined) return <BadRange />
  if (kind.value === 'metric') return <LinesWanted />
  const error = compared.error.value
  const data = compared.answer.value
  return (
    <div class="compare" data-testid="compare" aria-busy={compared.loading.value}>
      <BasePicker range={shown} base={base} />
      {base === undefined ? (
        <div class="notice fault" role="alert">
          <p>{t('compare.badBaseHint')}</p>
          <Button label={t('compare.base.previous')} onClick={() => change({ base: 'previous' })} />
        </div>
      ) : null}
      {compared.loading.value ? <Progress startedMs={compared.startedMs} onCancel={() => compared.cancel()} /> : null}
      {error === undefined ? null : <QueryFault error={error} query={query} onRetry={run} />}
      {compared.cancelled.value ? (
        <div class="notice">
          <p>{t('state.cancelled')}</p>
          <Button icon="play" label={t('query.run')} onClick={run} />
        </div>
      ) : null}
      {data === undefined || base === undefined ? null : (
        <div class={compared.loading.value ? 'dimmed' : undefined}>
          <Differences data={data} />
        </div>
      )}
    </div>
  )
}

function Differences({ data }: { readonly data: Comparison }) {
  const { answer } = data
  if (answer.totalLines === 0 && answer.baseTotalLines === 0) {
    return (
      <div class="view-message" data-testid="compare-empty">
        <h2>{t('compare.none')}</h2>
        <p>{t('compare.noneHint')}</p>
        <Button kind="primary" icon="zoomOut" label={t('time.zoomOut')} onClick={zoomTimeOut} />
      </div>
    )
  }
  return (
    <>
      <Summary data={data} />
      <div class="compare-parts">
        <ChangedPatterns comparison={data} />
        <LiftedFields comparison={data} />
      </div>
    </>
  )
}

/** The comparison in two sentences. */
function Summary({ data: { answer } }: { readonly data: Comparison }) {
  const counts = countsOf(answer.patterns)
  const best = mostTelling(answer.fields)
  const sampled = answer.sampledLines < answer.totalLines || answer.baseSampledLines < answer.baseTotalLines
  return (
    <div class="compare-summary" role="status" data-testid="compare-summary">
      <p>
        <strong>{t('compare.lines', { count: n(answer.totalLines), base: n(answer.baseTotalLines) })}</strong>{' '}
        {t('compare.summary', { new: n(counts.new), gone: n(counts.gone), changed: n(counts.changed) })}
      </p>
      {best === undefined ? null : (
        <p>
          {t('compare.telling')}{' '}
          <code>
            {best.field}={oneLine(best.value.value)}
          </code>{' '}
          <b>{liftText(best.value.lift, n)}</b>
        </p>
      )}
      {answer.baseTotalLines === 0 ? <p class="warning">{t('compare.baseEmpty')}</p> : null}
      {answer.totalLines === 0 ? <p class="warning">{t('compare.nowEmpty')}</p> : null}
      {sampled ? (
        <p class="hint">{t('compare.sampled', { count: n(answer.sampledLines), base: n(answer.baseSampledLines) })}</p>
      ) : null}
    </div>
  )
}
