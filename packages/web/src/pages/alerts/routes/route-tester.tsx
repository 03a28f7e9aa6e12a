import type { RouteTestResponse } from '@girok/server/contract'
import { type Signal, useSignal } from '@preact/signals'
import { testRoutes } from '../../../api/alerting.ts'
import { Button } from '../../../components/button.tsx'
import { TextField } from '../../../components/form-fields.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { changeParams, params } from '../address.ts'
import { durationText } from '../parts/duration-text.ts'
import { FaultLine } from '../parts/fault-line.tsx'
import { fullTime } from '../parts/full-time.ts'
import { readLabels } from '../parts/matcher-text.ts'

const example = 'alertname="HighErrorRate", severity="critical"'

/** Labels go in; which routes the alert takes, who is told and when come out. */
export function RouteTester({ result }: { readonly result: Signal<RouteTestResponse | undefined> }) {
  const text = useSignal(params.peek().get('labels') ?? '')
  const fault = useSignal<unknown>(undefined)
  const unread = readLabels(text.value) === undefined
  const run = async (): Promise<void> => {
    const labels = readLabels(text.peek())
    if (labels === undefined) return
    changeParams({ labels: text.peek() }, true)
    fault.value = undefined
    try {
      result.value = await testRoutes(labels)
    } catch (error) {
      fault.value = error
      result.value = undefined
    }
  }
  return (
    <section class="card form" aria-labelledby="route-test">
      <h2 id="route-test">{t('alerts.routes.test')}</h2>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void run()
        }}
      >
        <TextField
          label={t('alerts.routes.labels')}
          value={text.value}
          placeholder={example}
          mono
          testId="route-labels"
          fault={unread ? t('alerts.routes.badLabels') : undefined}
          onChange={(next) => {
            text.value = next
          }}
        />
        <div class="form-end">
          {result.value === undefined ? null : (
            <Button
              label={t('alerts.routes.clear')}
              onClick={() => {
                result.value = undefined
              }}
            />
          )}
          <Button
            kind="primary"
            label={t('alerts.routes.run')}
            disabled={unread}
            testId="route-run"
            onClick={() => void run()}
          />
        </div>
      </form>
      <FaultLine fault={fault} />
      {result.value === undefined ? null : <Result result={result.value} />}
    </section>
  )
}

function Result({ result: { routes, silencedBy, inhibitedBy } }: { readonly result: RouteTestResponse }) {
  return (
    <div role="status" data-testid="route-result">
      {silencedBy.length === 0 ? null : (
        <p class="warning">{t('alerts.routes.silenced', { count: n(silencedBy.length), n: silencedBy.length })}</p>
      )}
      {inhibitedBy.length === 0 ? null : (
        <p class="warning">{t('alerts.routes.inhibited', { count: n(inhibitedBy.length), n: inhibitedBy.length })}</p>
      )}
      <ol class="route-results">
        {routes.map((one) => (
          <li key={one.groupKey} data-testid="route-taken">
            <p>
              <strong>{one.receiver}</strong> <span class="dim">{one.path.join(' → ')}</span>
            </p>
            <p class="dim">
              {one.firstNotification === undefined
                ? t('alerts.routes.neverTold', { names: one.mutedBy.join(', ') })
                : t('alerts.routes.first', { time: fullTime(one.firstNotification) })}
              {' · '}
              {t('alerts.routes.times', {
                wait: durationText(one.groupWaitMs),
                interval: durationText(one.groupIntervalMs),
                repeat: durationText(one.repeatIntervalMs),
              })}
            </p>
            <p class="dim">
              {t('alerts.routes.groupKey')} <code>{one.groupKey}</code>
            </p>
          </li>
        ))}
      </ol>
    </div>
  )
}
