import { useSignal } from '@preact/signals'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { t } from '../../../shell/i18n.ts'
import { FaultLine } from './fault-line.tsx'

interface ConfirmDialogProps {
  readonly title: string
  readonly text: string
  /** Words of what is done. */
  readonly yes: string
  readonly onYes: () => Promise<void>
  readonly onClose: () => void
}

/** Asks once before something is taken away; closes when it is done, and says why when it could not be. */
export function ConfirmDialog({ title, text, yes, onYes, onClose }: ConfirmDialogProps) {
  const busy = useSignal(false)
  const fault = useSignal<unknown>(undefined)
  const run = async (): Promise<void> => {
    busy.value = true
    fault.value = undefined
    try {
      await onYes()
      onClose()
    } catch (error) {
      fault.value = error
    } finally {
      busy.value = false
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="form">
        <p>{text}</p>
        <FaultLine fault={fault} testId="confirm-fault" />
        <div class="form-end">
          <Button label={t('action.cancel')} onClick={onClose} />
          <Button kind="danger" label={yes} disabled={busy.value} testId="confirm-yes" onClick={() => void run()} />
        </div>
      </div>
    </Dialog>
  )
}
