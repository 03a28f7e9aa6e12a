import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { putConfig } from '../../../api/alerting.ts'
import { ApiError } from '../../../api/error.ts'
import { Button } from '../../../components/button.tsx'
import { toast } from '../../../components/toast.tsx'
import { createTextEditor, type TextEditor } from '../../../explore/editor/text-editor.ts'
import { offsetOf } from '../../../explore/editor/underlined.ts'
import { t } from '../../../shell/i18n.ts'
import { keptSecret } from '../contact-points/settings.ts'
import { faultLines } from './route-tree.ts'
import { config, reloadRoutes } from './routes-data.ts'
import { yamlColours } from './yaml-colours.ts'

/** The configuration of Alertmanager as text; it can be changed where it is kept in the store. */
export function ConfigEditor() {
  const answer = config.answer.value
  if (answer === undefined) return null
  return <Editor key={`${answer.origin} ${answer.version}`} {...answer} />
}

interface EditorProps {
  readonly origin: 'file' | 'stored' | 'default'
  readonly version: number
  readonly yaml: string
}

function Editor({ origin, version, yaml }: EditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<TextEditor | undefined>(undefined)
  const text = useSignal(yaml)
  const refusal = useSignal<ApiError | undefined>(undefined)
  const busy = useSignal(false)
  const fixed = origin === 'file'
  useEffect(() => {
    if (host.current === null) return
    const made = createTextEditor(host.current, {
      text: yaml,
      label: t('alerts.routes.config'),
      testId: 'config-text',
      colours: yamlColours,
      readOnly: fixed,
      onChange: (next) => {
        text.value = next
        refusal.value = undefined
      },
      faults: () => [],
    })
    editor.current = made
    return () => made.destroy()
  }, [])
  const save = async (): Promise<void> => {
    busy.value = true
    refusal.value = undefined
    try {
      await putConfig(text.peek(), version)
      toast(t('alerts.routes.saved'))
      reloadRoutes()
    } catch (error) {
      refusal.value = error instanceof ApiError ? error : new ApiError(0, String(error))
    } finally {
      busy.value = false
    }
  }
  return (
    <section class="card form" aria-labelledby="config-editor">
      <h2 id="config-editor">{t('alerts.routes.config')}</h2>
      <p class="dim">
        {t(fixed ? 'alerts.routes.fileHint' : 'alerts.routes.editHint')} <code>{keptSecret}</code>
      </p>
      <div class="json-host" ref={host} />
      {refusal.value === undefined ? null : (
        <div class="fault" role="alert" data-testid="config-refusal">
          <p class="fault-text">{refusal.value.message}</p>
          {refusal.value.hint === '' ? null : <p class="hint">{refusal.value.hint}</p>}
          <div class="card-actions">
            {faultLines(refusal.value.message).map((line) => (
              <Button
                key={line}
                label={t('alerts.routes.goToLine', { line: String(line) })}
                onClick={() => editor.current?.goTo(offsetOf(text.peek(), line, 1))}
              />
            ))}
          </div>
        </div>
      )}
      {fixed ? null : (
        <div class="form-end">
          <Button
            kind="primary"
            label={t('alerts.routes.save')}
            disabled={busy.value || text.value === yaml}
            testId="config-save"
            onClick={() => void save()}
          />
        </div>
      )}
    </section>
  )
}
