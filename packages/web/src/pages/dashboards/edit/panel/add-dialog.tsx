import type { DashboardResponse, ListedDashboard } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { createDashboard, fetchDashboard, fetchDashboards, putDashboard } from '../../../../api/dashboards.ts'
import { ApiError } from '../../../../api/error.ts'
import { Button } from '../../../../components/button.tsx'
import { Dialog } from '../../../../components/dialog.tsx'
import { ChoiceField, TextField } from '../../../../components/form-fields.tsx'
import { t } from '../../../../shell/i18n.ts'
import { navigate } from '../../../../shell/router.ts'
import { type Asked, emptyDashboard, withQueryPanel } from './add-panel.ts'
import { adding } from './adding.ts'

function close(): void {
  adding.value = undefined
}

/** Puts the panel into a dashboard as it is now; someone else's change meanwhile is kept, so it is read once more. */
async function addTo(id: string, asked: Asked, title: string): Promise<DashboardResponse> {
  const put = async (): Promise<DashboardResponse> => {
    const { version, dashboard } = await fetchDashboard(id)
    return putDashboard(id, version, withQueryPanel(dashboard, asked, title))
  }
  try {
    return await put()
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return put()
    throw error
  }
}

/** Asks which dashboard is to have the query as a panel. */
export function AddDialog() {
  const asked = adding.value
  const stored = useSignal<readonly ListedDashboard[] | undefined>(undefined)
  /** Until one is chosen, the first of the list. */
  const picked = useSignal<string | undefined>(undefined)
  const name = useSignal('')
  const title = useSignal('')
  const fault = useSignal('')
  const busy = useSignal(false)
  const done = useSignal<DashboardResponse | undefined>(undefined)
  const told = (error: unknown): void => {
    fault.value = error instanceof Error ? error.message : String(error)
  }
  useEffect(() => {
    const abort = new AbortController()
    fetchDashboards(abort.signal).then(
      ({ dashboards }) => {
        stored.value = dashboards.filter(({ origin }) => origin === 'stored')
      },
      (error: unknown) => {
        if (!abort.signal.aborted) told(error)
      },
    )
    return () => abort.abort()
  }, [])
  if (asked === undefined) return null
  const chosen = picked.value ?? stored.value?.[0]?.id ?? ''
  const add = async (): Promise<void> => {
    busy.value = true
    fault.value = ''
    const heading = title.peek().trim()
    try {
      done.value =
        chosen === ''
          ? await createDashboard(withQueryPanel(emptyDashboard(name.peek().trim()), asked, heading))
          : await addTo(chosen, asked, heading)
    } catch (error) {
      told(error)
    } finally {
      busy.value = false
    }
  }
  const { value } = done
  return (
    <Dialog title={t('editing.add')} onClose={close}>
      <div class="add-dialog" data-testid="add-dialog">
        {value === undefined ? (
          <>
            <code class="add-query" dir="ltr">
              {asked.expr}
            </code>
            <ChoiceField
              label={t('editing.addTo')}
              value={chosen}
              choices={[...(stored.value ?? []).map((one) => [one.id, one.title] as const), ['', t('editing.addNew')]]}
              testId="add-to"
              onChange={(id) => {
                picked.value = id
              }}
            />
            {chosen === '' ? (
              <TextField
                label={t('editing.newName')}
                value={name.value}
                maxLength={200}
                testId="add-name"
                onChange={(next) => {
                  name.value = next
                }}
              />
            ) : null}
            <TextField
              label={t('editing.panelName')}
              value={title.value}
              maxLength={200}
              testId="add-title"
              onChange={(next) => {
                title.value = next
              }}
            />
          </>
        ) : (
          <p role="status">{t('editing.added', { title: value.dashboard.title })}</p>
        )}
        {fault.value === '' ? null : (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
        <div class="form-end">
          <Button label={value === undefined ? t('editing.cancel') : t('action.close')} onClick={close} />
          {value === undefined ? (
            <Button
              kind="primary"
              label={t('editing.addNow')}
              disabled={busy.value || stored.value === undefined || (chosen === '' && name.value.trim() === '')}
              testId="add-now"
              onClick={() => void add()}
            />
          ) : (
            <Button
              kind="primary"
              label={t('editing.open')}
              testId="add-open"
              onClick={() => {
                close()
                navigate(`/d/${encodeURIComponent(value.id)}`)
              }}
            />
          )}
        </div>
      </div>
    </Dialog>
  )
}
