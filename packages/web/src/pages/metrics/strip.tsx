import type { ComponentType } from 'preact'
import { Button, IconButton } from '../../components/button.tsx'
import { Popover } from '../../components/popover.tsx'
import { type BasePreset, basePresets } from '../../explore/base-range.ts'
import { loadRoom, n, t } from '../../shell/i18n.ts'
import { keyTitle } from '../../shell/keys.ts'
import { Lazy } from '../../shell/lazy.tsx'
import { openLogs } from './logs-link.ts'
import { change, exemplars, metrics, range } from './model.ts'
import { autoStep, stepOf, stepsFor, stepText } from './step.ts'
import type { MetricsViewName } from './url-state.ts'

const views: readonly MetricsViewName[] = ['range', 'instant']
const loadPast = (): Promise<ComponentType> =>
  Promise.all([import('./past-list.tsx'), loadRoom('library')]).then(([m]) => m.PastList)

/** What is shown of the answer, and how: view, step, comparison, exemplars; what was run before; the logs behind it. */
export function Strip() {
  const { view, query } = metrics.value
  return (
    <div class="view-strip metrics-strip">
      <div class="view-tabs" role="group" aria-label={t('metrics.view.label')}>
        {views.map((name) => (
          <button
            key={name}
            type="button"
            class="view-tab"
            aria-pressed={view === name}
            title={keyTitle(t(`metrics.view.${name}`), name)}
            data-testid={`view-${name}`}
            onClick={() => change({ view: name })}
          >
            {t(`metrics.view.${name}`)}
          </button>
        ))}
      </div>
      {view === 'range' ? <RangeChoices /> : null}
      <span class="spring" />
      {query === '' ? null : (
        <Button
          icon="logs"
          label={t('metrics.logs')}
          shortcut="logs"
          testId="to-logs"
          onClick={() => void openLogs()}
        />
      )}
      {query === '' ? null : (
        <IconButton
          icon="bell"
          label={t('action.alert')}
          testId="create-alert"
          onClick={() => void import('../alerts/from-query.ts').then((m) => m.createAlert('promql', query))}
        />
      )}
      <Popover label={t('history.button')} icon="history" align="end" testId="history">
        {() => <Lazy load={loadPast} />}
      </Popover>
    </div>
  )
}

function RangeChoices() {
  const { stepMs, compare, exemplars: drawn } = metrics.value
  const shown = range.value
  const count = exemplars.answer.value?.reduce((sum, one) => sum + one.exemplars.length, 0) ?? 0
  if (shown === undefined) return null
  const used = stepOf(stepMs, shown)
  const steps = new Set([...stepsFor(shown), ...(stepMs === undefined ? [] : [used])])
  return (
    <>
      <label class="strip-field">
        <span>{t('metrics.step')}</span>
        <select
          data-testid="step"
          value={stepMs === undefined ? '' : String(used)}
          onChange={(event) => {
            const { value } = event.currentTarget
            change({ stepMs: value === '' ? undefined : Number(value) })
          }}
        >
          <option value="">{t('metrics.step.auto', { step: stepText(autoStep(shown)) })}</option>
          {[...steps]
            .sort((a, b) => a - b)
            .map((step) => (
              <option key={step} value={String(step)}>
                {stepText(step)}
              </option>
            ))}
        </select>
      </label>
      <label class="strip-field">
        <span>{t('metrics.compare')}</span>
        <select
          data-testid="compare"
          value={compare ?? ''}
          onChange={(event) => {
            const { value } = event.currentTarget
            change({ compare: value === '' ? undefined : (value as BasePreset) })
          }}
        >
          <option value="">{t('metrics.compare.none')}</option>
          {basePresets.map((preset) => (
            <option key={preset} value={preset}>
              {t(`metrics.compare.${preset}`)}
            </option>
          ))}
        </select>
      </label>
      {exemplars.error.value === undefined ? null : (
        <span class="warning" role="status">
          {t('metrics.exemplars.failed', { reason: exemplars.error.value.message })}
        </span>
      )}
      {count > 0 || !drawn ? (
        <Button
          label={drawn ? t('metrics.exemplars', { count: n(count) }) : t('metrics.exemplarsOff')}
          pressed={drawn}
          testId="exemplars"
          onClick={() => change({ exemplars: !drawn }, true)}
        />
      ) : null}
    </>
  )
}
