import type { DashboardImportResponse } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { checkDashboard, createDashboard, importDashboard } from '../../../../api/dashboards.ts'
import { ApiError } from '../../../../api/error.ts'
import { Button } from '../../../../components/button.tsx'
import { Dialog } from '../../../../components/dialog.tsx'
import { TextField } from '../../../../components/form-fields.tsx'
import { n, t } from '../../../../shell/i18n.ts'
import { navigate } from '../../../../shell/router.ts'
import { jsonFault } from '../json/json-text.ts'
import { importing } from './importing.ts'
import { isOurs, mostBytes } from './read-json.ts'

function close(): void {
  importing.value = false
}

async function read(text: string): Promise<DashboardImportResponse> {
  const given: unknown = JSON.parse(text)
  if (!isOurs(given)) return importDashboard(given)
  const { dashboard, warnings } = await checkDashboard(given)
  return { dashboard, unsupported: warnings }
}

/** Takes the JSON of a dashboard, shows what becomes of it, and keeps it. */
export function ImportDialog() {
  const text = useSignal('')
  const found = useSignal<DashboardImportResponse | undefined>(undefined)
  const title = useSignal('')
  const fault = useSignal('')
  const busy = useSignal(false)

  const attempt = async (run: () => Promise<void>): Promise<void> => {
    busy.value = true
    fault.value = ''
    try {
      await run()
    } catch (error) {
      fault.value = error instanceof ApiError ? `${error.message} ${error.hint}`.trim() : String(error)
    } finally {
      busy.value = false
    }
  }
  const look = (): Promise<void> =>
    attempt(async () => {
      const broken = jsonFault(text.peek())
      if (broken !== undefined) {
        const place = { line: String(broken.line), column: String(broken.column) }
        fault.value = t('editing.jsonFault', { ...place, want: t(`editing.want.${broken.want}`) })
        return
      }
      found.value = await read(text.peek())
      title.value = found.peek()?.dashboard.title ?? ''
    })
  const keep = (): Promise<void> =>
    attempt(async () => {
      const { dashboard } = found.peek() ?? {}
      if (dashboard === undefined) return
      const { id } = await createDashboard({ ...dashboard, title: title.peek().trim() })
      close()
      navigate(`/d/${encodeURIComponent(id)}`)
    })
  const takeFile = (file: File | undefined): Promise<void> =>
    attempt(async () => {
      if (file === undefined) return
      if (file.size > mostBytes) {
        fault.value = t('editing.fileTooLong')
        return
      }
      text.value = await file.text()
      await look()
    })
  const { value } = found
  return (
    <Dialog title={t('editing.import')} onClose={close} wide>
      <div class="import-dialog" data-testid="import-dialog">
        {value === undefined ? (
          <>
            <p class="hint">{t('editing.importHint')}</p>
            <label class="field">
              <span>{t('editing.importFile')}</span>
              <input
                type="file"
                accept=".json,application/json"
                data-testid="import-file"
                onChange={(event) => void takeFile(event.currentTarget.files?.[0])}
              />
            </label>
            <TextField
              label={t('editing.importText')}
              value={text.value}
              lines={10}
              mono
              testId="import-text"
              onChange={(next) => {
                text.value = next
              }}
            />
          </>
        ) : (
          <>
            <TextField
              label={t('editing.name')}
              value={title.value}
              maxLength={200}
              testId="import-title"
              onChange={(next) => {
                title.value = next
              }}
            />
            <p role="status" data-testid="import-sum">
              {t('editing.importSum', {
                panels: n(value.dashboard.panels.filter(({ kind }) => kind !== 'row').length),
                variables: n(value.dashboard.variables.length),
              })}
            </p>
            {value.unsupported.length === 0 ? (
              <p>{t('editing.importWhole')}</p>
            ) : (
              <section aria-label={t('editing.unsupported')}>
                <h3>{t('editing.unsupportedCount', { count: n(value.unsupported.length) })}</h3>
                <div class="import-notes" tabIndex={0} role="region" aria-label={t('editing.unsupported')}>
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">{t('editing.where')}</th>
                        <th scope="col">{t('editing.what')}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {value.unsupported.map(({ where, what }, index) => (
                        <tr key={index} data-testid="unsupported">
                          <td>
                            <code>{where}</code>
                          </td>
                          <td>{what}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </section>
            )}
          </>
        )}
        {fault.value === '' ? null : (
          <p class="fault" role="alert" data-testid="import-fault">
            {fault.value}
          </p>
        )}
        <div class="form-end sticky">
          {value === undefined ? (
            <>
              <Button label={t('editing.cancel')} onClick={close} />
              <Button
                kind="primary"
                label={t('editing.importLook')}
                disabled={busy.value || text.value.trim() === ''}
                testId="import-look"
                onClick={() => void look()}
              />
            </>
          ) : (
            <>
              <Button
                label={t('editing.importOther')}
                onClick={() => {
                  found.value = undefined
                  fault.value = ''
                }}
              />
              <Button
                kind="primary"
                label={t('editing.importKeep')}
                disabled={busy.value || title.value.trim() === ''}
                testId="import-keep"
                onClick={() => void keep()}
              />
            </>
          )}
        </div>
      </div>
    </Dialog>
  )
}
