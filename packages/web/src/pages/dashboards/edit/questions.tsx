import type { DashboardResponse } from '@girok/server/contract'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { locale, t } from '../../../shell/i18n.ts'
import { relativeText } from '../../../time/words.ts'
import { dashboard } from '../model/dashboard-state.ts'
import { conflict, discard, isCopy, leaving, openDialog, openTheirs, save } from './session.ts'

/** What is asked before something would be lost. */
export function Questions() {
  const conflicted = conflict.value
  if (conflicted !== undefined) return <Conflict theirs={conflicted.theirs} />
  return leaving.value === undefined ? null : <Leave go={leaving.value.go} />
}

function Leave({ go }: { readonly go: () => void }) {
  const stay = (): void => {
    leaving.value = undefined
  }
  return (
    <Dialog title={t('dashboardEdit.leaveTitle')} onClose={stay}>
      <div class="form" data-testid="leave">
        <p>{t('dashboardEdit.leaveText', { title: dashboard.value?.title ?? '' })}</p>
        <div class="form-end">
          <Button label={t('dashboardEdit.stay')} testId="leave-stay" onClick={stay} />
          <Button
            kind="danger"
            label={t('dashboardEdit.leave')}
            testId="leave-discard"
            onClick={() => {
              stay()
              discard()
              go()
            }}
          />
          {isCopy.value ? null : (
            <Button
              kind="primary"
              label={t('dashboardEdit.saveAndLeave')}
              testId="leave-save"
              onClick={() => {
                stay()
                void save().then((done) => {
                  if (done) go()
                })
              }}
            />
          )}
        </div>
      </div>
    </Dialog>
  )
}

function Conflict({ theirs }: { readonly theirs: DashboardResponse | undefined }) {
  const stay = (): void => {
    conflict.value = undefined
  }
  const when = relativeText(Date.parse(theirs?.updatedAt ?? ''), Date.now(), locale())
  return (
    <Dialog title={t('dashboardEdit.conflictTitle')} onClose={stay}>
      <div class="form" data-testid="conflict">
        <p>
          {theirs === undefined
            ? t('dashboardEdit.goneText')
            : t('dashboardEdit.conflictText', {
                title: theirs.dashboard.title,
                version: String(theirs.version),
                when,
              })}
        </p>
        <div class="form-end">
          <Button label={t('dashboardEdit.stay')} onClick={stay} />
          {theirs === undefined ? null : (
            <Button
              kind="danger"
              label={t('dashboardEdit.openTheirs')}
              testId="open-theirs"
              onClick={() => openTheirs(theirs)}
            />
          )}
          <Button
            kind="primary"
            label={t('dashboardEdit.saveMine')}
            testId="save-mine"
            onClick={() => {
              stay()
              openDialog.value = 'saveAs'
            }}
          />
        </div>
      </div>
    </Dialog>
  )
}
