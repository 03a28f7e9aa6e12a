import { useSignal } from '@preact/signals'
import { Button } from '../../components/button.tsx'
import { n, t } from '../../shell/i18n.ts'
import { deleteSample, sampleBusy, sampleFault, setup, switchSample } from './setup-data.ts'

/** Sample workloads: on, off, and gone without a trace. */
export function Sample() {
  const asking = useSignal(false)
  const state = setup.value?.sample
  if (state === undefined) return null
  return (
    <section class="card" aria-labelledby="sample-title">
      <h2 id="sample-title">
        {t('sample.title')}{' '}
        <span class={state.running ? 'pill on' : 'pill'} data-testid="sample-state">
          {state.running ? t('sample.running', { rate: n(state.linesPerSecond) }) : t('sample.stopped')}
        </span>
      </h2>
      <p>
        {t('sample.what')} <code>{'girok_sample="true"'}</code>
      </p>
      <div class="card-actions">
        <Button
          icon={state.running ? 'stop' : 'play'}
          label={state.running ? t('sample.stop') : t('sample.start')}
          disabled={sampleBusy.value}
          testId="sample-switch"
          onClick={() => void switchSample(!state.running)}
        />
        {asking.value ? (
          <>
            <Button
              kind="danger"
              icon="trash"
              label={t('sample.removeSure')}
              disabled={sampleBusy.value}
              testId="sample-remove-sure"
              onClick={() => {
                asking.value = false
                void deleteSample()
              }}
            />
            <Button
              label={t('action.cancel')}
              onClick={() => {
                asking.value = false
              }}
            />
          </>
        ) : (
          <Button
            icon="trash"
            label={t('sample.remove')}
            disabled={sampleBusy.value}
            testId="sample-remove"
            onClick={() => {
              asking.value = true
            }}
          />
        )}
      </div>
      {sampleFault.value === '' ? null : (
        <p class="fault" role="alert">
          {sampleFault.value}
        </p>
      )}
    </section>
  )
}
