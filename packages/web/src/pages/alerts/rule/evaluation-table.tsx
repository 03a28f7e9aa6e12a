import { n, t } from '../../../shell/i18n.ts'
import { LabelList } from '../../targets/label-list.tsx'
import { fullTime } from '../parts/full-time.ts'
import { OlderRows } from '../parts/older-rows.tsx'
import { stateWords } from '../parts/state-mark.tsx'
import { evaluations } from './rule-data.ts'

/** Every evaluation in the time on the page, newest first, with the values of its alerts. */
export function EvaluationTable() {
  const all = evaluations.shown.value?.rows ?? []
  const { error, loading } = evaluations.newest
  return (
    <section class="card" aria-labelledby="rule-evaluations">
      <h2 id="rule-evaluations">{t('alerts.evaluations')}</h2>
      {error.value === undefined ? null : (
        <p class="fault fault-text" role="alert">
          {error.value.message}
        </p>
      )}
      {all.length === 0 ? (
        <p class="dim">{loading.value ? t('alerts.loading') : t('alerts.noEvaluations')}</p>
      ) : (
        <table class="alert-table" aria-labelledby="rule-evaluations" data-testid="evaluations">
          <thead>
            <tr>
              <th scope="col">{t('alerts.at')}</th>
              <th scope="col">{t('alerts.result')}</th>
              <th scope="col">{t('alerts.values')}</th>
              <th scope="col">{t('alerts.duration')}</th>
            </tr>
          </thead>
          <tbody>
            {all.map(({ at, ms, error: failure, pending, firing, alerts }) => (
              <tr key={at} data-testid="evaluation">
                <td class="mono">{fullTime(at)}</td>
                <td>
                  {failure === undefined ? (
                    t('alerts.evaluation', { firing: n(firing), pending: n(pending) })
                  ) : (
                    <span class="fault">{failure}</span>
                  )}
                </td>
                <td>
                  {alerts.map((alert) => (
                    <div key={JSON.stringify(alert.labels)} class="evaluation-value">
                      <code>{alert.value}</code> <span class="dim">{stateWords(alert.state)}</span>{' '}
                      <LabelList labels={alert.labels} />
                    </div>
                  ))}
                </td>
                <td>{t('status.took', { ms: n(ms, 1) })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {all.length === 0 ? null : <OlderRows pages={evaluations} end={t('alerts.endOfTime')} />}
    </section>
  )
}
