import { useSignal } from '@preact/signals'
import { acknowledge } from '../../../api/alerting.ts'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { TextField } from '../../../components/form-fields.tsx'
import { t } from '../../../shell/i18n.ts'
import { LabelList } from '../../targets/label-list.tsx'
import { FaultLine } from '../parts/fault-line.tsx'
import { ownName } from '../parts/own-name.ts'
import { askAgain } from './overview-data.ts'

/** Says who is on it: the alert is then not told again until it resolves. */
export function AcknowledgeDialog(props: {
  readonly fingerprint: string
  readonly labels: Readonly<Record<string, string>>
  readonly onClose: () => void
}) {
  const { fingerprint, labels, onClose } = props
  const by = useSignal(ownName.peek())
  const comment = useSignal('')
  const busy = useSignal(false)
  const fault = useSignal<unknown>(undefined)
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (by.peek().trim() === '') return
    busy.value = true
    fault.value = undefined
    try {
      await acknowledge(fingerprint, { by: by.peek().trim(), comment: comment.peek().trim() })
      ownName.value = by.peek().trim()
      askAgain()
      onClose()
    } catch (error) {
      fault.value = error
    } finally {
      busy.value = false
    }
  }
  return (
    <Dialog title={t('alerts.acknowledgeTitle')} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <LabelList labels={labels} />
        <p>{t('alerts.acknowledgeHint')}</p>
        <TextField
          label={t('alerts.by')}
          value={by.value}
          testId="ack-by"
          onChange={(next) => {
            by.value = next
          }}
        />
        <TextField
          label={t('alerts.comment')}
          value={comment.value}
          testId="ack-comment"
          onChange={(next) => {
            comment.value = next
          }}
        />
        <FaultLine fault={fault} />
        <div class="form-end">
          <Button label={t('action.cancel')} onClick={onClose} />
          <Button
            kind="primary"
            label={t('alerts.acknowledge')}
            disabled={busy.value || by.value.trim() === ''}
            testId="ack-submit"
            onClick={(event) => void submit(event)}
          />
        </div>
      </form>
    </Dialog>
  )
}
