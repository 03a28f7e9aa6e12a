import type { NotificationsResponse } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { fetchNotifications, type NotificationFilter } from '../../../api/alerting.ts'
import { fetchReceivers } from '../../../api/alertmanager.ts'
import { ChoiceField } from '../../../components/form-fields.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { poll } from '../../../time/poll.ts'
import { LabelList } from '../../targets/label-list.tsx'
import { changeParams, params } from '../address.ts'
import { fullTime } from '../parts/full-time.ts'
import { JournalPages } from '../parts/journal-pages.ts'
import { OlderRows } from '../parts/older-rows.tsx'
import { Outcome } from '../parts/outcome.tsx'

const rowsAtOnce = 100
/** How often the newest are asked for. */
const pollMs = 5000
/** How long nothing must be typed before it is looked for. */
const pauseMs = 300

type Notification = NotificationsResponse['notifications'][number]
const outcomes = ['sent', 'retrying', 'failed'] as const
const log = new JournalPages<Notification>()

function filterOfAddress(): NotificationFilter {
  const [receiver = '', outcome = '', alertname = '', search = ''] = ['receiver', 'outcome', 'alertname', 'q'].map(
    (name) => params.value.get(name) ?? '',
  )
  return { receiver, outcome, alertname, search }
}

/** What was told to whom, and how that went; newest first, as far back as it is kept. */
export function NotificationsPage() {
  const filter = filterOfAddress()
  const key = JSON.stringify(filter)
  const last = useRef(key)
  useEffect(() => {
    let stop = (): void => {}
    const begin = (): void => {
      const ask = async (before: string | undefined, signal: AbortSignal) => {
        const answer = await fetchNotifications(filter, { limit: rowsAtOnce, before }, signal)
        return { rows: answer.notifications, older: answer.older }
      }
      stop = poll(pollMs, () => log.load(ask))
    }
    const typed = JSON.parse(last.current).search !== filter.search
    last.current = key
    const timer = setTimeout(begin, typed ? pauseMs : 0)
    return () => {
      clearTimeout(timer)
      stop()
      log.clear()
    }
  }, [key])
  const rows = log.shown.value?.rows
  const fault = log.newest.error.value
  const looking = key !== JSON.stringify({ receiver: '', outcome: '', alertname: '', search: '' })
  return (
    <>
      <h1>{t('alerts.tab.notifications')}</h1>
      <p class="lead">{t('alerts.log.lead')}</p>
      {fault === undefined ? null : (
        <p class="fault" role="alert" data-testid="log-fault">
          {fault.message}
        </p>
      )}
      {rows?.length === 0 && !looking ? (
        <p class="card" role="status" data-testid="log-empty">
          {t('alerts.log.empty')}
        </p>
      ) : (
        <>
          <Filters filter={filter} rows={rows ?? []} />
          {rows === undefined ? (
            <p class="dim">{fault === undefined ? t('alerts.loading') : ''}</p>
          ) : (
            <>
              {rows.length === 0 ? null : <LogTable rows={rows} />}
              <OlderRows pages={log} end={t(rows.length === 0 ? 'alerts.log.none' : 'alerts.log.end')} />
            </>
          )}
        </>
      )}
    </>
  )
}

/** What is looked for; the address keeps it. */
function Filters({ filter, rows }: { readonly filter: NotificationFilter; readonly rows: readonly Notification[] }) {
  const receivers = useSignal<readonly string[]>([])
  useEffect(() => {
    const abort = new AbortController()
    fetchReceivers(abort.signal).then(
      (names) => {
        receivers.value = names
      },
      // Contact points that were told stand in the rows as well.
      () => {},
    )
    return () => abort.abort()
  }, [])
  const names = new Set([...receivers.value, ...rows.map(({ receiver }) => receiver)])
  if (filter.receiver !== '') names.add(filter.receiver)
  const alerts = new Set(rows.flatMap(({ alertNames, groupLabels }) => alertNames ?? groupLabels.alertname ?? []))
  return (
    <div class="sources-head log-filters">
      <input
        type="search"
        class="field-search"
        placeholder={t('alerts.log.filter')}
        aria-label={t('alerts.log.filter')}
        data-testid="log-filter"
        value={filter.search}
        onInput={(event) => changeParams({ q: event.currentTarget.value }, true)}
      />
      <ChoiceField
        label={t('alerts.log.receiver')}
        value={filter.receiver}
        choices={[['', t('alerts.log.anyOutcome')], ...[...names].sort().map((one) => [one, one] as const)]}
        testId="log-receiver"
        onChange={(receiver) => changeParams({ receiver })}
      />
      <ChoiceField
        label={t('alerts.log.outcome')}
        value={filter.outcome}
        choices={[
          ['', t('alerts.log.anyOutcome')],
          ...outcomes.map((one) => [one, t(`alerts.outcome.${one}`)] as const),
        ]}
        testId="log-outcome"
        onChange={(outcome) => changeParams({ outcome })}
      />
      <label class="field">
        <span>{t('alerts.log.alert')}</span>
        <input
          list="log-alerts"
          data-testid="log-alert"
          value={filter.alertname}
          onChange={(event) => changeParams({ alertname: event.currentTarget.value.trim() })}
        />
        <datalist id="log-alerts">
          {[...alerts].sort().map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </label>
    </div>
  )
}

function LogTable({ rows }: { readonly rows: readonly Notification[] }) {
  return (
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
          {rows.map((one) => (
            <LogRow key={`${one.at} ${one.receiver} ${one.integration} ${one.groupKey} ${one.attempt}`} one={one} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function LogRow({ one }: { readonly one: Notification }) {
  const { at, receiver, integration, groupLabels, groupKey, status, reason, outcome, attempt, error, ms, alerts } = one
  // What the group does not say by itself.
  const names = 'alertname' in groupLabels ? [] : (one.alertNames ?? [])
  return (
    <tr data-testid="notification" data-outcome={outcome}>
      <td class="mono">{fullTime(at)}</td>
      <td>
        {receiver} <span class="dim">{integration}</span>
      </td>
      <td title={groupKey}>
        {t(`alerts.log.${status}`, { count: n(alerts), n: alerts })} {names.join(', ')}{' '}
        <LabelList labels={groupLabels} />
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
