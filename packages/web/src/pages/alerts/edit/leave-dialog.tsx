import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { t } from '../../../shell/i18n.ts'

/** Asks before what was written is lost. */
export function LeaveDialog({ onLeave, onClose }: { readonly onLeave: () => void; readonly onClose: () => void }) {
  return (
    <Dialog title={t('alerts.form.leaveTitle')} onClose={onClose}>
      <div class="form">
        <p>{t('alerts.form.leaveText')}</p>
        <div class="form-end">
          <Button label={t('alerts.form.stay')} testId="stay" onClick={onClose} />
          <Button
            kind="danger"
            label={t('alerts.form.leave')}
            testId="leave"
            onClick={() => {
              onClose()
              onLeave()
            }}
          />
        </div>
      </div>
    </Dialog>
  )
}
