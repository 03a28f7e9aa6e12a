import { useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Button } from '../../../components/button.tsx'
import { QueryFault } from '../../../explore/query-fault.tsx'
import { t } from '../../../shell/i18n.ts'
import { BackTestView } from '../back-test/back-test-view.tsx'
import { bodyOfDraft, isTestable, type RuleDraft } from './draft.ts'
import { draft, faults, runTest, testDays, tested, testedGroup } from './edit-state.ts'

/** How long nothing must be typed before the rule is tried out. */
const pauseMs = 700

/** What the rule would have done lately; asked anew when the rule has changed and typing pauses. */
export function Preview({ shown }: { readonly shown: RuleDraft }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const asked = useRef('')
  useSignalEffect(() => {
    const now = draft.value
    if (now === undefined) return
    const { annotations: _, alert: __, ...counts } = bodyOfDraft(now)
    const key = JSON.stringify([counts, now.language, now.interval, testDays.value, testedGroup(now)])
    if (key === asked.current) return
    asked.current = key
    clearTimeout(timer.current)
    timer.current = setTimeout(() => void runTest(), pauseMs)
  })
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      tested.clear()
    },
    [],
  )
  const test = tested.answer.value
  const error = tested.error.value
  return (
    <section class="card" aria-labelledby="rule-preview" aria-busy={tested.loading.value} data-testid="preview">
      <div class="agent-head">
        <h2 id="rule-preview">{t('alerts.form.preview')}</h2>
        <div class="segments" role="group" aria-label={t('alerts.form.previewTime')}>
          {([1, 7] as const).map((days) => (
            <button
              key={days}
              type="button"
              class="segment"
              aria-pressed={testDays.value === days}
              data-testid={`test-days-${days}`}
              onClick={() => {
                testDays.value = days
              }}
            >
              {days === 1 ? t('alerts.form.lastDay') : t('alerts.form.lastDays', { count: String(days) })}
            </button>
          ))}
        </div>
        <span class="spring" />
        <Button
          icon="play"
          label={t('alerts.form.runTest')}
          disabled={!isTestable(faults.value)}
          testId="run-test"
          onClick={() => void runTest()}
        />
      </div>
      {error !== undefined ? (
        <QueryFault error={error} query={shown.expr} onRetry={() => void runTest()} />
      ) : test !== undefined ? (
        <div class={tested.loading.value ? 'dimmed' : ''}>
          <BackTestView test={test} language={shown.language} query={shown.expr} />
        </div>
      ) : (
        <p class="dim">{tested.loading.value ? t('alerts.form.testing') : t('alerts.form.previewHint')}</p>
      )}
    </section>
  )
}
