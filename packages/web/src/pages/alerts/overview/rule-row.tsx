import type { AlertingRuleState, RuleLanguage } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { urlOf } from '../../../shell/base.ts'
import { n, t } from '../../../shell/i18n.ts'
import { follow } from '../../../shell/router.ts'
import { LabelList } from '../../targets/label-list.tsx'
import { durationText } from '../parts/duration-text.ts'
import { explorePlace } from '../parts/explore-place.ts'
import { silenceSearch } from '../parts/silence-place.ts'
import { StateMark } from '../parts/state-mark.tsx'
import { AlertRow } from './alert-row.tsx'
import { commonLabels, markOf } from './rule-list.ts'

/** Alerts of one rule that are shown at first. */
const alertsAtOnce = 10

/** One rule with the alerts that it has now. */
export function RuleRow({ rule, language }: { readonly rule: AlertingRuleState; readonly language: RuleLanguage }) {
  const whole = useSignal(false)
  const { id, name, query, forMs = 0, labels, alerts = [], health, lastError, condition } = rule
  const path = `/alerts/rules/${encodeURIComponent(id)}`
  const sorted = [...alerts].sort(
    (a, b) =>
      (a.state === b.state ? 0 : a.state === 'firing' ? -1 : 1) || Date.parse(b.activeAt) - Date.parse(a.activeAt),
  )
  const shown = whole.value ? sorted : sorted.slice(0, alertsAtOnce)
  const silenceAll = silenceSearch(commonLabels(alerts))
  const [place, search] = explorePlace(language, query)
  return (
    <li class="rule-row" data-testid="rule" data-rule={name}>
      <div class="rule-line">
        <StateMark state={markOf(rule)} />
        <a class="rule-name" href={urlOf(path)} data-testid="rule-link" onClick={(event) => follow(event, path)}>
          {name}
        </a>
        {forMs > 0 ? <span class="dim">{t('alerts.for', { time: durationText(forMs) })}</span> : null}
        <LabelList labels={labels} />
        {alerts.length < 2 ? null : (
          <a
            href={urlOf('/alerts/silences') + silenceAll}
            data-testid="silence-all"
            onClick={(event) => follow(event, '/alerts/silences', silenceAll)}
          >
            {t('alerts.silenceAll', { count: n(alerts.length) })}
          </a>
        )}
      </div>
      <p class="rule-query">
        <a
          href={urlOf(place) + search}
          title={t('alerts.openQuery')}
          data-testid="open-query"
          onClick={(event) => follow(event, place, search)}
        >
          <code>{query}</code>
        </a>
        {condition === undefined ? null : <code class="dim"> {condition}</code>}
      </p>
      {health === 'err' ? (
        <p class="fault fault-text" data-testid="rule-error">
          {lastError}
        </p>
      ) : null}
      {alerts.length === 0 ? null : (
        <ul class="alert-list">
          {shown.map(({ fingerprint, state, labels: own, annotations, value, activeAt }) => (
            <AlertRow
              key={fingerprint}
              alert={{ fingerprint, state, labels: own, annotations, value, since: activeAt }}
            />
          ))}
        </ul>
      )}
      {shown.length === alerts.length ? null : (
        <button
          type="button"
          class="button"
          onClick={() => {
            whole.value = true
          }}
        >
          {t('alerts.showAllCount', { count: n(alerts.length) })}
        </button>
      )}
    </li>
  )
}
