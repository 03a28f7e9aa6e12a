import { useSignal } from '@preact/signals'
import { n, t } from '../../../shell/i18n.ts'
import { LabelList } from '../../targets/label-list.tsx'
import { fullTime } from '../parts/full-time.ts'
import { stateWords } from '../parts/state-mark.tsx'
import { evaluations } from './rule-data.ts'

const rowsAtOnce = 30

/** Every evaluation in the time on the page, newest first, with the values of its alerts. */
export function EvaluationTable() {
  const shown = useSignal(rowsAtOnce)
  const all = evaluations.answer.value?.evaluations ?? []
  return (
    <section class="card" aria-labelledby="rule-evaluations">
      <h2 id="rule-evaluations">{t('alerts.evaluations')}</h2>
      {evaluations.error.value === undefined ? null : (
        <p class="fault fault-text" role="alert">
          {evaluations.error.value.message}
        </p>
      )}
      {all.length === 0 ? (
        <p class="dim">{evaluations.loading.value ? t('alerts.loading') : t('alerts.noEvaluations')}</p>
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
            {all.slice(0, shown.value).map(({ at, ms, error, pending, firing, alerts }) => (
              <tr key={at} data-testid="evaluation">
                <td class="mono">{fullTime(at)}</td>
                <td>
                  {error === undefined ? (
                    t('alerts.evaluation', { firing: n(firing), pending: n(pending) })
                  ) : (
                    <span class="fault">{error}</span>
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
      {all.length > shown.value ? (
        <button
          type="button"
          class="button"
          onClick={() => {
            shown.value += 10 * rowsAtOnce
          }}
        >
          {t('alerts.showMore')}
        </button>
      ) : null}
    </section>
  )
}
