import type { AlertHistoryResponse, AlertingRuleState } from '@girok/server/contract'
import { urlOf } from '../../../shell/base.ts'
import { type MessageKey, t } from '../../../shell/i18n.ts'
import { follow } from '../../../shell/router.ts'
import { LabelList } from '../../targets/label-list.tsx'
import { fullTime } from '../parts/full-time.ts'
import { OlderRows } from '../parts/older-rows.tsx'
import { history } from './rule-data.ts'

type Change = AlertHistoryResponse['changes'][number]

const words: Readonly<Record<string, MessageKey>> = {
  firing: 'alerts.change.firing',
  resolved: 'alerts.change.resolved',
  silenced: 'alerts.change.silenced',
  unsilenced: 'alerts.change.unsilenced',
  acknowledged: 'alerts.change.acknowledged',
  unacknowledged: 'alerts.change.unacknowledged',
  inhibited: 'alerts.change.inhibited',
  uninhibited: 'alerts.change.uninhibited',
}

/** Changes of alerts that have the name of a rule and its labels, as far as these are no templates. */
export function changesOf(
  rule: Pick<AlertingRuleState, 'name' | 'labels'>,
  changes: readonly Change[],
): readonly Change[] {
  const fixed = Object.entries(rule.labels).filter(([name, value]) => !value.includes('{{') && name !== 'alertname')
  return changes.filter(
    ({ labels }) => labels.alertname === rule.name && fixed.every(([name, value]) => (labels[name] ?? '') === value),
  )
}

/** What became of the alerts of a rule in the time on the page, newest first. */
export function HistoryTable({ rule }: { readonly rule: AlertingRuleState }) {
  const changes = changesOf(rule, history.shown.value?.rows ?? [])
  const { error, loading } = history.newest
  if (rule.kind !== 'alerting') return null
  const told = `?${new URLSearchParams({ alertname: rule.name })}`
  return (
    <section class="card" aria-labelledby="rule-history">
      <div class="agent-head">
        <h2 id="rule-history">{t('alerts.history')}</h2>
        <span class="spring" />
        <a
          href={urlOf('/alerts/notifications') + told}
          data-testid="rule-notifications"
          onClick={(event) => follow(event, '/alerts/notifications', told)}
        >
          {t('alerts.tab.notifications')}
        </a>
      </div>
      {error.value === undefined ? null : (
        <p class="fault fault-text" role="alert">
          {error.value.message}
        </p>
      )}
      {changes.length === 0 ? (
        <p class="dim">{loading.value ? t('alerts.loading') : t('alerts.noHistory')}</p>
      ) : (
        <table class="alert-table" aria-labelledby="rule-history" data-testid="history">
          <thead>
            <tr>
              <th scope="col">{t('alerts.at')}</th>
              <th scope="col">{t('alerts.change')}</th>
              <th scope="col">{t('alerts.labels')}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ at, fingerprint, change, labels, by, comment }) => {
              const key = words[change]
              return (
                <tr key={`${at} ${fingerprint} ${change}`} data-testid="change">
                  <td class="mono">{fullTime(at)}</td>
                  <td>
                    {key === undefined ? change : t(key)}
                    {by === undefined ? null : <span class="dim"> {t('alerts.changeBy', { by })}</span>}
                    {comment === undefined || comment === '' ? null : <div class="dim">{comment}</div>}
                  </td>
                  <td>
                    <LabelList labels={labels} />
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {history.shown.value?.rows.length === 0 ? null : <OlderRows pages={history} end={t('alerts.endOfTime')} />}
    </section>
  )
}
