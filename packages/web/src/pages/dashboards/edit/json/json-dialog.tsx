import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { checkDashboard } from '../../../../api/dashboards.ts'
import { ApiError } from '../../../../api/error.ts'
import { Button } from '../../../../components/button.tsx'
import { Dialog } from '../../../../components/dialog.tsx'
import { createTextEditor, type TextEditor } from '../../../../explore/editor/text-editor.ts'
import { t } from '../../../../shell/i18n.ts'
import { dashboard, saved } from '../../model/dashboard-state.ts'
import { change, openDialog } from '../session.ts'
import { DiffView } from './diff-view.tsx'
import { type JsonFault, jsonColours, jsonFault } from './json-text.ts'

const textOf = (value: unknown): string => JSON.stringify(value, undefined, 2)

const wordsOf = ({ want, line, column }: JsonFault): string =>
  t('editing.jsonFault', { line: String(line), column: String(column), want: t(`editing.want.${want}`) })

function close(): void {
  openDialog.value = undefined
}

/** The dashboard as JSON, to be changed, and how it then differs from what is saved. */
export function JsonDialog() {
  const begun = useRef(textOf(dashboard.peek()))
  const text = useSignal(begun.current)
  const view = useSignal<'edit' | 'diff'>('edit')
  const refusal = useSignal<ApiError | undefined>(undefined)
  const busy = useSignal(false)
  const editor = useRef<TextEditor | undefined>(undefined)
  const host = useRef<HTMLDivElement>(null)
  const fault = jsonFault(text.value)
  useEffect(() => {
    if (view.value !== 'edit' || host.current === null) return
    const made = createTextEditor(host.current, {
      text: text.peek(),
      label: t('editing.json'),
      testId: 'json-editor',
      colours: jsonColours,
      onChange: (next) => {
        text.value = next
        refusal.value = undefined
      },
      faults: (given) => {
        const found = jsonFault(given)
        if (found === undefined) return []
        const from = Math.min(found.offset, Math.max(0, given.length - 1))
        return [{ from, to: Math.min(given.length, from + 1), severity: 'error', message: wordsOf(found) }]
      },
    })
    editor.current = made
    return () => made.destroy()
  }, [view.value])

  const apply = async (): Promise<void> => {
    busy.value = true
    try {
      const checked = await checkDashboard(JSON.parse(text.peek()))
      close()
      change(checked.dashboard, t('editing.jsonChanged'))
    } catch (error) {
      refusal.value = error instanceof ApiError ? error : new ApiError(0, String(error))
    } finally {
      busy.value = false
    }
  }
  return (
    <Dialog title={t('editing.json')} onClose={close} wide>
      <div class="json-dialog" data-testid="json-dialog">
        <div class="view-tabs" role="group" aria-label={t('editing.jsonView')}>
          {(['edit', 'diff'] as const).map((one) => (
            <button
              key={one}
              type="button"
              class="view-tab"
              aria-pressed={view.value === one}
              data-testid={`json-${one}`}
              onClick={() => {
                view.value = one
              }}
            >
              {t(`editing.json.${one}`)}
            </button>
          ))}
        </div>
        {view.value === 'diff' ? (
          <DiffView before={textOf(saved.value?.dashboard)} after={text.value} />
        ) : (
          <div class="json-host" ref={host} />
        )}
        {fault === undefined ? null : (
          <p class="fault" role="alert" data-testid="json-fault">
            {wordsOf(fault)}{' '}
            {view.value === 'edit' ? (
              <Button label={t('editing.goThere')} onClick={() => editor.current?.goTo(fault.offset)} />
            ) : null}
          </p>
        )}
        {refusal.value === undefined ? null : (
          <p class="fault" role="alert" data-testid="json-refusal">
            {refusal.value.message}
          </p>
        )}
        <div class="form-end sticky">
          <Button label={t('editing.cancel')} testId="json-cancel" onClick={close} />
          <Button
            kind="primary"
            label={t('editing.apply')}
            disabled={fault !== undefined || busy.value}
            testId="json-apply"
            onClick={() => void apply()}
          />
        </div>
      </div>
    </Dialog>
  )
}
