import { useSignal } from '@preact/signals'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { t } from '../../../shell/i18n.ts'
import { TextField } from './text-field.tsx'

interface TitleFormProps {
  readonly heading: string
  /** What stands in the field at first. */
  readonly title: string
  readonly submit: string
  /** Answers what is wrong, or nothing when it is done. */
  readonly onTitle: (title: string) => Promise<string | undefined>
  readonly onClose: () => void
}

/** Asks for the title of a dashboard. */
export function TitleForm({ heading, title, submit, onTitle, onClose }: TitleFormProps) {
  const typed = useSignal(title)
  const fault = useSignal('')
  const busy = useSignal(false)
  const done = async (): Promise<void> => {
    const wanted = typed.peek().trim()
    if (wanted === '') {
      fault.value = t('dashboardEdit.nameWanted')
      return
    }
    if (busy.peek()) return
    busy.value = true
    fault.value = (await onTitle(wanted)) ?? ''
    busy.value = false
  }
  return (
    <Dialog title={heading} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void done()
        }}
      >
        <TextField label={t('dashboardEdit.name')} text={typed} testId="dashboard-title" first />
        {fault.value === '' ? null : (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
        <div class="form-end">
          <Button label={t('dashboardEdit.cancel')} onClick={onClose} />
          <button type="submit" class="button primary" disabled={busy.value} data-testid="title-submit">
            <span>{submit}</span>
          </button>
        </div>
      </form>
    </Dialog>
  )
}
