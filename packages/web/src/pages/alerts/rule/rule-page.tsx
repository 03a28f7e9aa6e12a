import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { timeControlOf } from '../../../explore/time-control.tsx'
import { moveRange, widenRange } from '../../../explore/time-model.ts'
import { urlOf } from '../../../shell/base.ts'
import { n, t } from '../../../shell/i18n.ts'
import { type Shortcut, useShortcuts } from '../../../shell/keys.ts'
import { follow, navigate, place } from '../../../shell/router.ts'
import { LabelList } from '../../targets/label-list.tsx'
import { BackTestView } from '../back-test/back-test-view.tsx'
import { AlertRow } from '../overview/alert-row.tsx'
import { alerting, startOverview } from '../overview/overview-data.ts'
import { markOf } from '../overview/rule-list.ts'
import { durationText } from '../parts/duration-text.ts'
import { explorePlace } from '../parts/explore-place.ts'
import { StateMark } from '../parts/state-mark.tsx'
import { TimeStamp } from '../parts/time-stamp.tsx'
import { DeleteRuleDialog } from './delete-rule.tsx'
import { EvaluationTable } from './evaluation-table.tsx'
import { HistoryTable } from './history-table.tsx'
import { type PlacedRule, ruleOfId, ruleYaml } from './rule-body.ts'
import { clearRule, loadRule, stored, tested, time } from './rule-data.ts'

const TimeControl = timeControlOf(time)

const shortcuts: readonly Shortcut[] = [
  { id: 'earlier', keys: ['['], title: 'keys.earlier', group: 'keys.group.time', run: () => moveRange(time, -1) },
  { id: 'later', keys: [']'], title: 'keys.later', group: 'keys.group.time', run: () => moveRange(time, 1) },
  { id: 'zoomOut', keys: ['z'], title: 'keys.zoomOut', group: 'keys.group.time', run: () => widenRange(time) },
  { id: 'rule-list', keys: ['u'], title: 'alerts.back', group: 'keys.group.go', run: () => navigate('/alerts') },
]

function idOfAddress(): string {
  const id = /^\/alerts\/rules\/([^/]+)/.exec(place.value.path)?.[1] ?? ''
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

/** One rule: its query against its threshold, every evaluation, what its alerts did, and how it is written. */
export function RulePage() {
  useEffect(startOverview, [])
  useShortcuts(shortcuts)
  useEffect(() => clearRule, [])
  const id = idOfAddress()
  const answer = alerting.answer.value
  const placed = useMemo(() => ruleOfId(answer?.groups ?? [], id), [answer, id])
  if (placed !== undefined) return <Rule placed={placed} />
  return (
    <div class="card sources-none" data-testid="rule-missing">
      {answer === undefined ? (
        <p class="dim">{alerting.fault.value === '' ? t('alerts.loading') : alerting.fault.value}</p>
      ) : (
        <>
          <p>{t('alerts.noRule')}</p>
          <a class="button" href={urlOf('/alerts')} onClick={(event) => follow(event, '/alerts')}>
            {t('alerts.back')}
          </a>
        </>
      )}
    </div>
  )
}

function Rule({ placed }: { readonly placed: PlacedRule }) {
  const { group, rule } = placed
  const { from, to } = time.text.value
  useEffect(() => {
    document.title = `${rule.name} · ${t('app.name')}`
  }, [rule.name])
  // Anew at each evaluation while the end of the range is now, else only when the range changes.
  useEffect(() => {
    void loadRule(placed)
  }, [rule.id, from, to, to === 'now' ? rule.lastEvaluation : ''])
  const test = tested.answer.value
  const { alerts = [] } = rule
  return (
    <>
      <RuleHead placed={placed} />
      {rule.health === 'err' ? (
        <p class="fault fault-text" role="alert" data-testid="rule-error">
          {rule.lastError}
        </p>
      ) : null}
      <section class="card" aria-labelledby="rule-query">
        <div class="agent-head">
          <h2 id="rule-query">{t(rule.kind === 'alerting' ? 'alerts.queryTitle' : 'alerts.test.recordTitle')}</h2>
          <span class="spring" />
          <TimeControl />
        </div>
        {tested.error.value === undefined ? null : (
          <p class="fault fault-text" role="alert">
            {tested.error.value.message}
          </p>
        )}
        {test === undefined ? (
          <p class="dim">{tested.loading.value || stored.loading.value ? t('alerts.loading') : ''}</p>
        ) : (
          <BackTestView test={test} language={group.language} query={rule.query} onZoom={time.show} />
        )}
      </section>
      {alerts.length === 0 ? null : (
        <section class="card" aria-labelledby="rule-alerts">
          <h2 id="rule-alerts">{t('alerts.alertsNow')}</h2>
          <ul class="alert-list">
            {alerts.map(({ fingerprint, state, labels, annotations, value, activeAt }) => (
              <AlertRow key={fingerprint} alert={{ fingerprint, state, labels, annotations, value, since: activeAt }} />
            ))}
          </ul>
        </section>
      )}
      <HistoryTable rule={rule} />
      <EvaluationTable />
      <section class="card" aria-labelledby="rule-definition">
        <h2 id="rule-definition">{t('alerts.definition')}</h2>
        <p class="dim" data-testid="rule-place">
          <code>{group.namespace}</code> · {group.name} · {t(`alerts.origin.${group.origin}`)} ·{' '}
          {t('alerts.every', { interval: durationText(group.intervalMs) })}
          {group.limit === undefined ? null : ` · ${t('alerts.atMost', { count: n(group.limit), n: group.limit })}`}
          {group.queryOffsetMs === undefined
            ? null
            : ` · ${t('alerts.looksBack', { time: durationText(group.queryOffsetMs) })}`}{' '}
          <LabelList labels={group.labels ?? {}} />
        </p>
        <pre class="rule-yaml" tabIndex={0} data-testid="rule-yaml">
          {stored.answer.value === undefined ? '' : ruleYaml(stored.answer.value.body)}
        </pre>
      </section>
    </>
  )
}

function RuleHead({ placed }: { readonly placed: PlacedRule }) {
  const { group, rule } = placed
  const deleting = useSignal(false)
  const edit = `/alerts/rules/${encodeURIComponent(rule.id)}/edit`
  const { from, to } = time.text.value
  const [path, search] = explorePlace(group.language, rule.query, { from, to })
  return (
    <div class="alert-head">
      <h1>{rule.name}</h1>
      <StateMark state={markOf(rule)} />
      {rule.lastEvaluation === undefined ? null : (
        <span class="dim">
          {t('alerts.evaluated')} <TimeStamp iso={rule.lastEvaluation} />
        </span>
      )}
      <span class="spring" />
      <a
        class="button"
        href={urlOf(path) + search}
        data-testid="open-query"
        onClick={(event) => follow(event, path, search)}
      >
        {t('alerts.openQuery')}
      </a>
      {group.origin === 'stored' && rule.kind === 'alerting' ? (
        <a class="button" href={urlOf(edit)} data-testid="edit-rule" onClick={(event) => follow(event, edit)}>
          {t('alerts.edit')}
        </a>
      ) : null}
      {group.origin === 'stored' ? (
        <button
          type="button"
          class="button"
          data-testid="delete-rule"
          onClick={() => {
            deleting.value = true
          }}
        >
          {t('alerts.delete')}
        </button>
      ) : null}
      {deleting.value ? (
        <DeleteRuleDialog
          placed={placed}
          onClose={() => {
            deleting.value = false
          }}
        />
      ) : null}
    </div>
  )
}
