import { t } from '../../../shell/i18n.ts'
import { changeParams, params } from '../address.ts'
import { AcknowledgeDialog } from './acknowledge-dialog.tsx'
import { managed, managedByFingerprint } from './overview-data.ts'

/** The form for an alert that the address names (`ack`), as links in mails do; says so when there is no such alert. */
export function LinkedAcknowledgement() {
  const fingerprint = params.value.get('ack')
  if (fingerprint === null || managed.answer.value === undefined) return null
  const alert = managedByFingerprint.value.get(fingerprint)
  if (alert === undefined) {
    return (
      <p class="hint" role="status" data-testid="ack-gone">
        {t('alerts.ackGone')}
      </p>
    )
  }
  // Who has it already is said with the alert.
  if (alert.status.acknowledgedBy !== undefined) return null
  return (
    <AcknowledgeDialog
      fingerprint={fingerprint}
      labels={alert.labels}
      onClose={() => changeParams({ ack: undefined }, true)}
    />
  )
}
