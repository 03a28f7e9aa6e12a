import type { MonitorsResponse } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { alertingPath, switchMonitor } from '../../../api/alerting.ts'
import { Button } from '../../../components/button.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { polled } from '../../polled.ts'
import { FaultLine } from '../parts/fault-line.tsx'
import { TimeStamp } from '../parts/time-stamp.tsx'

const report = polled<MonitorsResponse>(`${alertingPath}/monitors`, 3000)

const setting = 'alerting.monitors'
const example = `export default {
  name: 'out-of-memory',
  selector: '{job=~".+"}',
  check: ({ line }) =>
    line.includes('out of memory')
      ? { type: 'out_of_memory', severity: 'critical', message: line }
      : undefined,
}`

/** Functions over the live feed: what they saw and said, and switches for them. */
export function MonitorsPage() {
  useEffect(report.start, [])
  const answer = report.answer.value
  return (
    <>
      <h1>{t('alerts.tab.monitors')}</h1>
      <p class="lead">{t('alerts.monitors.lead')}</p>
      {report.fault.value === '' ? null : (
        <p class="fault" role="alert" data-testid="monitors-fault">
          {report.fault.value}
        </p>
      )}
      {answer === undefined ? null : (
        <>
          {answer.dropped === 0 ? null : (
            <p class="warning" role="status">
              {t('alerts.monitors.dropped', { count: n(answer.dropped), n: answer.dropped })}
            </p>
          )}
          {answer.monitors.length === 0 ? (
            <section class="card form" data-testid="monitors-none">
              <h2>{t('alerts.monitors.none')}</h2>
              <p>
                {t('alerts.monitors.noneHint')} <code>{setting}</code>
              </p>
              <pre class="rule-yaml" tabIndex={0}>
                {example}
              </pre>
            </section>
          ) : null}
          {answer.monitors.map((monitor) => (
            <Monitor key={monitor.name} monitor={monitor} />
          ))}
        </>
      )}
    </>
  )
}

function Monitor({ monitor }: { readonly monitor: MonitorsResponse['monitors'][number] }) {
  const { name, active, selector, records, alerts, errors, lastError, lastAlert } = monitor
  const fault = useSignal<unknown>(undefined)
  const toggle = async (): Promise<void> => {
    fault.value = undefined
    try {
      await switchMonitor(name, !active)
      report.askNow()
    } catch (error) {
      fault.value = error
    }
  }
  const id = `monitor-${name.replace(/[^\w-]+/g, '-')}`
  return (
    <section class="card agent" aria-labelledby={id} data-testid="monitor" data-active={active}>
      <div class="agent-head">
        <h2 id={id}>{name}</h2>
        <span class={active ? 'pill on' : 'pill'}>{t(active ? 'alerts.monitors.on' : 'alerts.monitors.off')}</span>
        {selector === undefined ? null : <code class="dim">{selector}</code>}
        <span class="spring" />
        <Button
          label={t(active ? 'alerts.monitors.switchOff' : 'alerts.monitors.switchOn')}
          testId="monitor-switch"
          onClick={() => void toggle()}
        />
      </div>
      <dl class="agent-figures">
        <div>
          <dt>{t('alerts.monitors.records')}</dt>
          <dd>{n(records)}</dd>
        </div>
        <div>
          <dt>{t('alerts.monitors.alerts')}</dt>
          <dd>{n(alerts)}</dd>
        </div>
        <div>
          <dt>{t('alerts.monitors.errors')}</dt>
          <dd>{n(errors)}</dd>
        </div>
      </dl>
      {lastAlert === undefined ? null : (
        <p data-testid="monitor-alert">
          <TimeStamp iso={lastAlert.at} /> <strong>{lastAlert.severity}</strong> <code>{lastAlert.type}</code>{' '}
          {lastAlert.message}
        </p>
      )}
      {lastError === undefined ? null : (
        <p class="fault fault-text" data-testid="monitor-error">
          {lastError}
        </p>
      )}
      <FaultLine fault={fault} />
    </section>
  )
}
