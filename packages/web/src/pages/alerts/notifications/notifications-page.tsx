import type { NotificationsResponse } from '@girok/server/contract'
import { useEffect, useMemo } from 'preact/hooks'
import { alertingPath } from '../../../api/alerting.ts'
import { ChoiceField } from '../../../components/form-fields.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { polled } from '../../polled.ts'
import { LabelList } from '../../targets/label-list.tsx'
import { changeParams, params } from '../address.ts'
import { fullTime } from '../parts/full-time.ts'
import { Outcome } from '../parts/outcome.tsx'

const limit = 500
/** The newest, asked for every five seconds. */
const log = polled<NotificationsResponse>(`${alertingPath}/notifications?limit=${limit}`, 5000)

type Notification = NotificationsResponse['notifications'][number]
const outcomes = ['sent', 'retrying', 'failed'] as const

/** Notifications whose contact point, integration, labels, reason or error hold all words, with an outcome if one is wanted. */
export function findNotifications(
  all: readonly Notification[],
  search: string,
  outcome: string,
): readonly Notification[] {
  const words = search.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean)
  return all.filter((one) => {
    if (outcome !== '' && one.outcome !== outcome) return false
    const labels = Object.entries(one.groupLabels).map((pair) => pair.join('='))
    const parts = [one.receiver, one.integration, one.status, one.reason, one.error ?? '', one.groupKey, ...labels]
    const text = parts.join(' ').normalize('NFC').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** What was told to whom, and how that went; newest first. */
export function NotificationsPage() {
  useEffect(log.start, [])
  const search = params.value.get('q') ?? ''
  const outcome = params.value.get('outcome') ?? ''
  const all = log.answer.value?.notifications
  const found = useMemo(() => findNotifications(all ?? [], search, outcome), [all, search, outcome])
  return (
    <>
      <h1>{t('alerts.tab.notifications')}</h1>
      <p class="lead">{t('alerts.log.lead')}</p>
      {log.fault.value === '' ? null : (
        <p class="fault" role="alert" data-testid="log-fault">
          {log.fault.value}
        </p>
      )}
      {all === undefined ? null : all.length === 0 ? (
        <p class="card" role="status" data-testid="log-empty">
          {t('alerts.log.empty')}
        </p>
      ) : (
        <>
          <div class="sources-head">
            <input
              type="search"
              class="field-search"
              placeholder={t('alerts.log.filter')}
              aria-label={t('alerts.log.filter')}
              data-testid="log-filter"
              value={search}
              onInput={(event) => changeParams({ q: event.currentTarget.value }, true)}
            />
            <ChoiceField
              label={t('alerts.log.outcome')}
              value={outcome}
              choices={[
                ['', t('alerts.log.anyOutcome')],
                ...outcomes.map((one) => [one, t(`alerts.outcome.${one}`)] as const),
              ]}
              testId="log-outcome"
              onChange={(next) => changeParams({ outcome: next })}
            />
            <span class="dim" role="status">
              {t('alerts.log.shown', { shown: n(found.length), all: n(all.length) })}
            </span>
          </div>
          <div class="alert-table-box">
            <table class="alert-table" aria-label={t('alerts.tab.notifications')} data-testid="log">
              <thead>
                <tr>
                  <th scope="col">{t('alerts.at')}</th>
                  <th scope="col">{t('alerts.log.receiver')}</th>
                  <th scope="col">{t('alerts.log.what')}</th>
                  <th scope="col">{t('alerts.log.reason')}</th>
                  <th scope="col">{t('alerts.log.outcome')}</th>
                </tr>
              </thead>
              <tbody>
                {found.map((one) => (
                  <LogRow
                    key={`${one.at} ${one.receiver} ${one.integration} ${one.groupKey} ${one.attempt}`}
                    one={one}
                  />
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </>
  )
}

function LogRow({ one }: { readonly one: Notification }) {
  const { at, receiver, integration, groupLabels, groupKey, status, reason, outcome, attempt, error, ms, alerts } = one
  return (
    <tr data-testid="notification" data-outcome={outcome}>
      <td class="mono">{fullTime(at)}</td>
      <td>
        {receiver} <span class="dim">{integration}</span>
      </td>
      <td title={groupKey}>
        {t(`alerts.log.${status}`, { count: n(alerts), n: alerts })} <LabelList labels={groupLabels} />
      </td>
      <td>{reason}</td>
      <td>
        <Outcome outcome={outcome} />{' '}
        <span class="dim">
          {t('status.took', { ms: n(ms) })}
          {attempt > 1 ? ` · ${t('alerts.log.attempt', { count: n(attempt) })}` : ''}
        </span>
        {error === undefined ? null : <p class="fault fault-text">{error}</p>}
      </td>
    </tr>
  )
}
