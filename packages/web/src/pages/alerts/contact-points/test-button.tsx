import type { TestResponse } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { testContactPoint } from '../../../api/alerting.ts'
import { Button } from '../../../components/button.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { FaultLine } from '../parts/fault-line.tsx'
import { Outcome } from '../parts/outcome.tsx'

interface TestButtonProps {
  /** What is tested, when it is pressed. */
  readonly body: () => Parameters<typeof testContactPoint>[0]
  readonly disabled?: boolean
}

/** Sends a made-up alert and says for each integration how that went. */
export function TestButton({ body, disabled = false }: TestButtonProps) {
  const answer = useSignal<TestResponse | undefined>(undefined)
  const fault = useSignal<unknown>(undefined)
  const busy = useSignal(false)
  const run = async (): Promise<void> => {
    busy.value = true
    fault.value = undefined
    answer.value = undefined
    try {
      answer.value = await testContactPoint(body())
    } catch (error) {
      fault.value = error
    } finally {
      busy.value = false
    }
  }
  return (
    <div class="contact-test">
      <Button
        icon="play"
        label={t(busy.value ? 'alerts.contact.testing' : 'alerts.contact.test')}
        disabled={disabled || busy.value}
        testId="test-contact"
        onClick={() => void run()}
      />
      <FaultLine fault={fault} testId="test-fault" />
      <ul role="status" data-testid="test-outcomes">
        {(answer.value?.outcomes ?? []).map(({ integration, sent, reason, ms }) => (
          <li key={integration} data-testid="test-outcome" data-sent={sent}>
            <code>{integration}</code> <Outcome outcome={sent ? 'sent' : 'failed'} />{' '}
            <span class="dim">{t('status.took', { ms: n(ms) })}</span>
            {reason === undefined ? null : <span class="fault fault-text"> {reason}</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}
