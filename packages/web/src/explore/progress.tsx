import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { n, t } from '../shell/i18n.ts'

interface ProgressProps {
  /** When it began, on the clock of `performance.now()`. */
  readonly startedMs: ReadonlySignal<number>
  readonly onCancel: () => void
}

/** What was on screen stays; after a moment the elapsed time and a way out appear. */
export function Progress({ startedMs, onCancel }: ProgressProps) {
  const elapsed = useSignal(0)
  useEffect(() => {
    const timer = setInterval(() => {
      elapsed.value = performance.now() - startedMs.peek()
    }, 100)
    return () => clearInterval(timer)
  }, [elapsed, startedMs])
  if (elapsed.value < 300) return <div class="progress" aria-hidden="true" />
  return (
    <div class="notice busy" role="status">
      <div class="progress" aria-hidden="true" />
      <p>{t('state.loading', { seconds: n(elapsed.value / 1000, 1) })}</p>
      <Button label={t('action.cancel')} testId="cancel" onClick={onCancel} />
    </div>
  )
}
