import type { DashboardVersionsResponse } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { fetchVersion, fetchVersions } from '../../../api/dashboards.ts'
import { isAbort } from '../../../api/error.ts'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { toast } from '../../../components/toast.tsx'
import { locale, t } from '../../../shell/i18n.ts'
import { relativeText } from '../../../time/words.ts'
import { saved } from '../model/dashboard-state.ts'
import { isDirty, openDialog, restore, saveFault, saving } from './session.ts'

function close(): void {
  openDialog.value = undefined
}

function reading(error: unknown): string {
  return `${t('dashboardEdit.versionsFault')} ${error instanceof Error ? error.message : String(error)}`
}

/** Earlier versions of the dashboard, each of which can become the newest again. */
export function VersionsDialog() {
  const listed = useSignal<DashboardVersionsResponse['versions'] | undefined>(undefined)
  const fault = useSignal('')
  const kept = saved.value
  const id = kept?.id
  useEffect(() => {
    if (id === undefined) return
    const abort = new AbortController()
    fetchVersions(id, abort.signal).then(
      ({ versions }) => {
        listed.value = versions
      },
      (error: unknown) => {
        if (!isAbort(error)) fault.value = reading(error)
      },
    )
    return () => abort.abort()
  }, [id])
  const bringBack = async (version: number): Promise<void> => {
    if (id === undefined) return
    fault.value = ''
    try {
      const { dashboard } = await fetchVersion(id, version)
      const done = await restore(dashboard, t('dashboardEdit.restored', { version: String(version) }))
      if (done) toast(t('dashboardEdit.restoredNow', { version: String(version) }))
      if (done || saveFault.peek() === undefined) close()
      else fault.value = `${t('dashboardEdit.saveFault')} ${saveFault.peek()?.message}`
    } catch (error) {
      fault.value = reading(error)
    }
  }
  const versions = listed.value
  return (
    <Dialog title={t('dashboardEdit.versionsTitle')} onClose={close}>
      <div class="form">
        <p class="hint">{t(isDirty.value ? 'dashboardEdit.restoreDirty' : 'dashboardEdit.restoreHint')}</p>
        {fault.value === '' ? null : (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
        {versions === undefined ? null : versions.length === 0 ? (
          <p>{t('dashboardEdit.noVersions')}</p>
        ) : (
          <ol class="dash-versions" data-testid="versions">
            {versions.map(({ version, at, title }) => (
              <li key={version}>
                <span class="dash-version-title">
                  {title}
                  <span class="dim">
                    {t('dashboardEdit.version', { version: String(version) })} ·{' '}
                    <time dateTime={at} title={new Date(at).toLocaleString(locale())}>
                      {relativeText(Date.parse(at), Date.now(), locale())}
                    </time>
                  </span>
                </span>
                {version === kept?.version ? (
                  <span class="dim">{t('dashboardEdit.versionNow')}</span>
                ) : (
                  <Button
                    label={t('dashboardEdit.restore')}
                    disabled={saving.value}
                    testId={`restore-${version}`}
                    onClick={() => void bringBack(version)}
                  />
                )}
              </li>
            ))}
          </ol>
        )}
      </div>
    </Dialog>
  )
}
