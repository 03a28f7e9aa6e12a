import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { ManagedAlert } from '../../../api/alertmanager.ts'
import { ChoiceField } from '../../../components/form-fields.tsx'
import { Icon } from '../../../components/icon.tsx'
import { urlOf } from '../../../shell/base.ts'
import { n, t } from '../../../shell/i18n.ts'
import { follow } from '../../../shell/router.ts'
import { changeParams, params } from '../address.ts'
import { stateWords } from '../parts/state-mark.tsx'
import { AlertRow } from './alert-row.tsx'
import { GroupCard } from './group-card.tsx'
import { LinkedAcknowledgement } from './linked-acknowledgement.tsx'
import { alerting, managed, managedByFingerprint, startOverview } from './overview-data.ts'
import {
  countStates,
  findAlerts,
  findRules,
  otherAlerts,
  pressingFirst,
  type RuleStateName,
  ruleStates,
} from './rule-list.ts'

/** Groups that are shown at first: more would take long to draw, and nobody reads them all. */
const groupsAtOnce = 25

/** All rules by group, found by state and words, with their alerts; then alerts of others. */
export function Overview() {
  useEffect(startOverview, [])
  const answer = alerting.answer.value
  const reason = alerting.fault.value
  return (
    <>
      <div class="alert-head">
        <h1>{t('alerts.title')}</h1>
        <a
          class="button primary"
          href={urlOf('/alerts/new')}
          data-testid="new-rule"
          onClick={(event) => follow(event, '/alerts/new')}
        >
          <Icon name="plus" />
          <span>{t('alerts.newRule')}</span>
        </a>
      </div>
      {reason === '' ? null : (
        <p class="fault" role="alert" data-testid="alerts-fault">
          {t(answer === undefined ? 'alerts.fault' : 'alerts.faultKept')} {reason}
        </p>
      )}
      {answer === undefined ? <p class="dim">{reason === '' ? t('alerts.loading') : ''}</p> : <RuleList />}
      <LinkedAcknowledgement />
    </>
  )
}

function RuleList() {
  const answer = alerting.answer.value
  const search = params.value.get('q') ?? ''
  const states = useMemo(
    () => ruleStates.filter((state) => (params.value.get('state') ?? '').split(',').includes(state)),
    [params.value],
  )
  const receiver = params.value.get('receiver') ?? ''
  const groups = answer?.groups ?? []
  const alerts = managed.answer.value
  const isTold = useMemo(
    () =>
      receiver === ''
        ? undefined
        : (fingerprint: string) =>
            managedByFingerprint
              .peek()
              .get(fingerprint)
              ?.receivers.some(({ name }) => name === receiver) === true,
    [receiver, alerts],
  )
  const found = useMemo(() => findRules(groups, search, states, isTold), [answer, search, states, isTold])
  const others = useMemo(
    // They all fire.
    () =>
      states.length > 0 && !states.includes('firing')
        ? []
        : findAlerts(otherAlerts(groups, alerts ?? []), search, isTold),
    [answer, alerts, search, states, isTold],
  )
  const looking = search !== '' || states.length > 0 || receiver !== ''
  const many = useSignal(groupsAtOnce)
  const ordered = useMemo(() => (found.length > groupsAtOnce ? pressingFirst(found) : found), [found])
  const shown = found.reduce((sum, { rules }) => sum + rules.length, 0)
  return (
    <>
      <Notices />
      {groups.length === 0 ? <NoRules /> : <Filters search={search} states={states} shown={shown} />}
      {receiver === '' ? null : (
        <p class="alert-receiver">
          <span data-testid="of-receiver">{t('alerts.ofReceiver', { receiver })}</span>
          <button type="button" class="button" onClick={() => changeParams({ receiver: undefined })}>
            {t('alerts.showAll')}
          </button>
        </p>
      )}
      {ordered.slice(0, many.value).map((group) => (
        <GroupCard key={`${group.language} ${group.namespace} ${group.name}`} group={group} />
      ))}
      {ordered.length > many.value ? (
        <button
          type="button"
          class="button more-groups"
          data-testid="more-groups"
          onClick={() => {
            many.value += 2 * groupsAtOnce
          }}
        >
          {t('alerts.moreGroups', { count: n(ordered.length - many.value), n: ordered.length - many.value })}
        </button>
      ) : null}
      {looking && found.length === 0 && others.length === 0 && groups.length > 0 ? (
        <div class="card sources-none" data-testid="alerts-nothing">
          <p>{t('alerts.noMatch')}</p>
          <button
            type="button"
            class="button"
            onClick={() => changeParams({ q: undefined, state: undefined, receiver: undefined })}
          >
            {t('alerts.showAll')}
          </button>
        </div>
      ) : null}
      {others.length === 0 ? null : <OtherAlerts all={others} />}
    </>
  )
}

/** What is wrong with files and with other Alertmanagers. */
function Notices() {
  const { ruleFaults = [], config, alertmanagers = [] } = alerting.answer.value ?? {}
  const failing = alertmanagers.filter(({ error }) => error !== undefined)
  return (
    <>
      {ruleFaults.map((fault) => (
        <p key={fault} class="fault fault-text" role="alert" data-testid="rule-fault">
          {t('alerts.ruleFault')} {fault}
        </p>
      ))}
      {config?.fault === undefined ? null : (
        <p class="fault fault-text" role="alert" data-testid="config-fault">
          {t('alerts.configFault')} {config.fault}
        </p>
      )}
      {failing.map(({ url, error }) => (
        <p key={url} class="fault fault-text" role="alert">
          {t('alerts.forwardFault', { url })} {error}
        </p>
      ))}
    </>
  )
}

interface FiltersProps {
  readonly search: string
  readonly states: readonly RuleStateName[]
  readonly shown: number
}

function Filters({ search, states, shown }: FiltersProps) {
  const groups = alerting.answer.value?.groups ?? []
  const counts = countStates(groups)
  const all = groups.reduce((sum, { rules }) => sum + rules.length, 0)
  const receiver = params.value.get('receiver') ?? ''
  const receivers = useMemo(() => {
    const names = new Set((managed.answer.value ?? []).flatMap((alert) => alert.receivers.map(({ name }) => name)))
    if (receiver !== '') names.add(receiver)
    return [...names].sort()
  }, [managed.answer.value, receiver])
  const toggle = (state: RuleStateName): void => {
    const next = states.includes(state) ? states.filter((one) => one !== state) : [...states, state]
    changeParams({ state: next.join(',') })
  }
  return (
    <div class="sources-head alert-filters">
      <div class="chips" role="group" aria-label={t('alerts.byState')}>
        {ruleStates.map((state) => (
          <button
            key={state}
            type="button"
            class={`chip state-chip ${state}`}
            aria-pressed={states.includes(state)}
            data-testid={`state-${state}`}
            onClick={() => toggle(state)}
          >
            {stateWords(state)} <strong>{n(counts[state])}</strong>
          </button>
        ))}
      </div>
      <input
        type="search"
        class="field-search"
        placeholder={t('alerts.filter')}
        aria-label={t('alerts.filter')}
        data-testid="alerts-filter"
        value={search}
        onInput={(event) => changeParams({ q: event.currentTarget.value }, true)}
      />
      {receivers.length < 2 ? null : (
        <ChoiceField
          label={t('alerts.log.receiver')}
          value={receiver}
          choices={[['', t('alerts.log.anyOutcome')], ...receivers.map((one) => [one, one] as const)]}
          testId="receiver-filter"
          onChange={(next) => changeParams({ receiver: next })}
        />
      )}
      <span class="dim" role="status" data-testid="alerts-shown">
        {t('alerts.shown', { shown: n(shown), all: n(all), n: all })}
      </span>
    </div>
  )
}

/** What to do when there is no rule yet. */
function NoRules() {
  return (
    <section class="card alert-empty" data-testid="alerts-empty">
      <h2>{t('alerts.none')}</h2>
      <p>{t('alerts.noneHint')}</p>
      <p class="dim">{t('alerts.noneFiles')}</p>
      <div class="card-actions">
        <a class="button primary" href={urlOf('/alerts/new')} onClick={(event) => follow(event, '/alerts/new')}>
          {t('alerts.newRule')}
        </a>
        <a class="button" href={urlOf('/explore/metrics')} onClick={(event) => follow(event, '/explore/metrics')}>
          {t('alerts.fromQuery')}
        </a>
      </div>
    </section>
  )
}

const othersAtOnce = 50

/** Alerts that were reported by other systems or by log monitors. */
function OtherAlerts({ all }: { readonly all: readonly ManagedAlert[] }) {
  const whole = useSignal(false)
  const shown = whole.value ? all : all.slice(0, othersAtOnce)
  return (
    <section class="card agent" aria-labelledby="other-alerts" data-testid="other-alerts">
      <div class="agent-head">
        <h2 id="other-alerts">{t('alerts.others')}</h2>
        <span class="dim">{t('alerts.othersHint')}</span>
      </div>
      <ul class="alert-list">
        {shown.map((alert) => (
          <AlertRow
            key={alert.fingerprint}
            alert={{
              fingerprint: alert.fingerprint,
              state: 'firing',
              labels: alert.labels,
              annotations: alert.annotations,
              since: alert.startsAt,
            }}
            link={alert.generatorURL}
          />
        ))}
      </ul>
      {shown.length === all.length ? null : (
        <button
          type="button"
          class="button"
          onClick={() => {
            whole.value = true
          }}
        >
          {t('alerts.showAllCount', { count: n(all.length) })}
        </button>
      )}
    </section>
  )
}
