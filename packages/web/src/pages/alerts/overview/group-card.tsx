import type { AlertingGroup } from '@girok/server/contract'
import { t } from '../../../shell/i18n.ts'
import { durationText } from '../parts/duration-text.ts'
import { TimeStamp } from '../parts/time-stamp.tsx'
import { RuleRow } from './rule-row.tsx'

export const languageNames = { promql: 'PromQL', logql: 'LogQL' } as const

/** The rules of one group. */
export function GroupCard({ group }: { readonly group: AlertingGroup }) {
  const { name, namespace, origin, language, intervalMs, lastEvaluation, evaluationMs, missed, rules } = group
  const id = `group-${language}-${namespace}-${name}`.replace(/[^\w-]+/g, '-')
  return (
    <section class="card agent" aria-labelledby={id} data-testid="rule-group">
      <div class="agent-head">
        <h2 id={id}>{name}</h2>
        <span class={`dash-origin ${origin}`}>{t(`alerts.origin.${origin}`)}</span>
        <span class="dim group-facts">
          <code>{namespace}</code> · {languageNames[language]} ·{' '}
          {t('alerts.every', { interval: durationText(intervalMs) })}
          {lastEvaluation === undefined ? null : (
            <>
              {' · '}
              <TimeStamp iso={lastEvaluation} /> · {t('alerts.took', { ms: String(Math.round(evaluationMs)) })}
            </>
          )}
          {missed === 0 ? null : <span class="warning"> · {t('alerts.missed', { count: String(missed) })}</span>}
        </span>
      </div>
      {rules.length === 0 ? <p class="dim">{t('alerts.emptyGroup')}</p> : null}
      <ul class="rule-list">
        {rules.map((rule) => (
          <RuleRow key={rule.id} rule={rule} language={language} />
        ))}
      </ul>
    </section>
  )
}
