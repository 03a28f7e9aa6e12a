import type { PanelQuery, QueryLanguage } from '@girok/server/contract'
import { useSignal, useSignalEffect } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { CheckField, ChoiceField } from '../../../../components/form-fields.tsx'
import { QueryBox } from '../../../../explore/query-box.tsx'
import { t } from '../../../../shell/i18n.ts'
import { LegendField } from './legend-field.tsx'
import { withFields } from './list-order.ts'
import { ListTools } from './list-tools.tsx'
import { queryFault } from './stand-ins.ts'

const editors: Readonly<
  Record<QueryLanguage, () => Promise<ReturnType<typeof import('./dashboard-language.ts').dashboardEditor>>>
> = {
  promql: async () => (await import('./dashboard-language.ts')).dashboardEditor('promql'),
  logql: async () => (await import('./dashboard-language.ts')).dashboardEditor('logql'),
}

interface ExpressionFieldProps {
  readonly language: QueryLanguage
  readonly expr: string
  readonly label: string
  readonly onChange: (expr: string) => void
  /** Asks at once, without waiting for a pause in typing. */
  readonly onRun: () => void
}

/** An editor of a query with colours, completion, and what is wrong with it in words. */
export function ExpressionField({ language, expr, label, onChange, onRun }: ExpressionFieldProps) {
  const draft = useSignal(expr)
  const latest = useMemo(() => ({ onChange, onRun }), [])
  Object.assign(latest, { onChange, onRun })
  const focus = useMemo(() => ({ current: (): void => {} }), [])
  useSignalEffect(() => latest.onChange(draft.value))
  const format = async (): Promise<void> => {
    const { formatted } = await import('../../../../promql/format.ts')
    // Variables are no words of the language: such queries stay as they are.
    const text = language === 'promql' ? formatted(draft.peek()) : undefined
    if (text !== undefined) draft.value = text
  }
  const fault = queryFault(language, draft.value)
  return (
    <div class="expression-field" data-language={language}>
      <QueryBox
        draft={draft}
        label={label}
        onRun={() => latest.onRun()}
        onFormat={() => void format()}
        load={editors[language]}
        focus={focus}
        rewrites={0}
      />
      {fault === undefined ? null : (
        <p class="fault" role="alert" data-testid="expression-fault">
          {fault.message}
        </p>
      )}
    </div>
  )
}

const languages: readonly (readonly [QueryLanguage, string])[] = [
  ['promql', 'PromQL'],
  ['logql', 'LogQL'],
]

interface QueryFormProps {
  readonly query: PanelQuery
  readonly at: number
  readonly count: number
  /** Records have no series to be named, and no single time. */
  readonly series: boolean
  readonly onChange: (query: PanelQuery) => void
  readonly onRun: () => void
  readonly onMove: (by: -1 | 1) => void
  readonly onRemove: () => void
}

/** One query of a panel. */
export function QueryForm({ query, at, count, series, onChange, onRun, onMove, onRemove }: QueryFormProps) {
  const { ref, language, expr, instant = false, hidden = false } = query
  const name = t('editing.query', { ref })
  return (
    <fieldset class="query-form" data-query={ref}>
      <legend class="offscreen">{name}</legend>
      <div class="query-form-head">
        <strong class="query-ref">{ref}</strong>
        <ChoiceField
          label={t('editing.language')}
          value={language}
          choices={languages}
          testId="language"
          onChange={(next) => onChange({ ...query, language: next })}
        />
        {series ? (
          <CheckField
            label={t('editing.instant')}
            value={instant}
            testId="instant"
            onChange={(on) => onChange(withFields(query, { instant: on || undefined }))}
          />
        ) : null}
        <CheckField
          label={t('editing.hidden')}
          value={hidden}
          testId="hidden"
          onChange={(on) => onChange(withFields(query, { hidden: on || undefined }))}
        />
        <span class="spring" />
        <ListTools name={name} at={at} count={count} onMove={onMove} onRemove={onRemove} />
      </div>
      <ExpressionField
        key={language}
        language={language}
        expr={expr}
        label={name}
        onChange={(next) => {
          if (next !== expr) onChange({ ...query, expr: next })
        }}
        onRun={onRun}
      />
      {series ? (
        <LegendField
          query={query}
          onChange={(legend) => onChange(withFields(query, { legend: legend === '' ? undefined : legend }))}
        />
      ) : null}
    </fieldset>
  )
}
