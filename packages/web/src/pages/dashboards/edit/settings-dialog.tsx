import type { Dashboard } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { t } from '../../../shell/i18n.ts'
import { resolveRange } from '../../../time/range.ts'
import { dashboard, timeText } from '../model/dashboard-state.ts'
import { change, openDialog } from './session.ts'
import { tagsOfText } from './tags.ts'
import { TextField } from './text-field.tsx'

const refreshes = ['', '5s', '10s', '30s', '1m', '5m', '15m', '1h']

function close(): void {
  openDialog.value = undefined
}

/** The title of the dashboard, what it is about, its tags, and what it shows at first. */
export function SettingsDialog() {
  const shown = dashboard.peek()
  const title = useSignal(shown?.title ?? '')
  const description = useSignal(shown?.description ?? '')
  const tags = useSignal((shown?.tags ?? []).join(', '))
  const from = useSignal(shown?.time.from ?? 'now-1h')
  const to = useSignal(shown?.time.to ?? 'now')
  const refresh = useSignal(shown?.refresh ?? '')
  const fault = useSignal('')
  if (shown === undefined) return null

  const apply = (): void => {
    const time = { from: from.peek().trim(), to: to.peek().trim() }
    if (title.peek().trim() === '') fault.value = t('dashboardEdit.nameWanted')
    else if (resolveRange(time, Date.now()) === undefined) fault.value = t('dashboardEdit.timeFault', time)
    else {
      const { description: _text, tags: _tags, refresh: _every, ...rest } = shown
      const [text, list] = [description.peek().trim(), tagsOfText(tags.peek())]
      const next: Dashboard = {
        ...rest,
        title: title.peek().trim(),
        time,
        ...(text !== '' && { description: text }),
        ...(list.length > 0 && { tags: list }),
        ...(refresh.peek() !== '' && { refresh: refresh.peek() }),
      }
      change(next, t('dashboardEdit.changedSettings'))
      close()
    }
  }
  return (
    <Dialog title={t('dashboardEdit.settingsTitle')} onClose={close}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          apply()
        }}
      >
        <TextField label={t('dashboardEdit.name')} text={title} testId="settings-title" first />
        <TextField label={t('dashboardEdit.description')} text={description} testId="settings-description" />
        <TextField label={t('dashboardEdit.tags')} text={tags} testId="settings-tags" />
        <fieldset class="dash-edit-time">
          <legend>{t('dashboardEdit.time')}</legend>
          <TextField label={t('dashboardEdit.from')} text={from} testId="settings-from" />
          <TextField label={t('dashboardEdit.to')} text={to} testId="settings-to" />
          <Button
            label={t('dashboardEdit.useShown')}
            onClick={() => {
              from.value = timeText.peek().from
              to.value = timeText.peek().to
            }}
          />
          <p class="hint">{t('dashboardEdit.timeHint')}</p>
        </fieldset>
        <label class="field">
          <span>{t('dashboards.refreshEvery')}</span>
          <select
            data-testid="settings-refresh"
            value={refresh.value}
            onChange={(event) => {
              refresh.value = event.currentTarget.value
            }}
          >
            {[...new Set([...refreshes, refresh.value])].map((one) => (
              <option key={one} value={one}>
                {one === '' ? t('dashboards.refreshOff') : one}
              </option>
            ))}
          </select>
        </label>
        {fault.value === '' ? null : (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
        <div class="form-end">
          <Button label={t('dashboardEdit.cancel')} onClick={close} />
          <button type="submit" class="button primary" data-testid="settings-apply">
            <span>{t('dashboardEdit.apply')}</span>
          </button>
        </div>
      </form>
    </Dialog>
  )
}
