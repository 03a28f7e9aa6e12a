import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Button, IconButton } from '../../../components/button.tsx'
import { toast } from '../../../components/toast.tsx'
import type { EditorHandle } from '../../../explore/editor/handle.ts'
import { loadRoom, t } from '../../../shell/i18n.ts'
import { draft, rewrites, run } from '../model/explorer.ts'

let focusQuery = (): void => {}

/** Puts the cursor into the query box. */
export function focusQueryBox(): void {
  focusQuery()
}

/**
 * The query box: a plain text field at once, which the editor with colours and completion replaces when the page has
 * nothing better to do, or when the field is entered.
 */
export function QueryBar() {
  const host = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const editor = useRef<EditorHandle | undefined>(undefined)
  const upgraded = useSignal(false)
  const flash = rewrites.value

  useEffect(() => {
    focusQuery = () => {
      if (editor.current !== undefined) editor.current.focus()
      else field.current?.focus()
    }
    let gone = false
    let started = false
    const upgrade = async (): Promise<void> => {
      if (started) return
      started = true
      const [{ createEditor }] = await Promise.all([import('../editor/editor.ts'), loadRoom('library')])
      if (gone || host.current === null) return
      const focused = document.activeElement === field.current
      const selection = field.current?.selectionStart ?? 0
      editor.current = createEditor(host.current, {
        draft,
        onRun: run,
        onFormat: () => void format(),
        label: t('query.label'),
      })
      upgraded.value = true
      if (focused) editor.current.focus(selection)
    }
    const failed = (): void => {
      // The plain field goes on working; the next focus tries again.
      started = false
    }
    const onFocus = (): void => void upgrade().catch(failed)
    const element = field.current
    element?.addEventListener('focus', onFocus)
    const idle = window.requestIdleCallback?.(onFocus, { timeout: 3000 }) ?? window.setTimeout(onFocus, 1500)
    return () => {
      gone = true
      element?.removeEventListener('focus', onFocus)
      if (window.cancelIdleCallback !== undefined) window.cancelIdleCallback(idle)
      else window.clearTimeout(idle)
      editor.current?.destroy()
    }
  }, [upgraded])

  useEffect(() => {
    if (flash === 0) return
    host.current?.animate?.([{ backgroundColor: 'var(--accent-soft)' }, { backgroundColor: 'transparent' }], 600)
  }, [flash])

  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes a syllable, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    run()
  }
  const lines = Math.min(8, draft.value.split('\n').length)
  return (
    <div class="query-bar">
      <div class="query-box" ref={host} data-testid="query-box">
        {upgraded.value ? null : (
          <textarea
            ref={field}
            class="query-field"
            rows={lines}
            spellcheck={false}
            autocomplete="off"
            aria-label={t('query.label')}
            data-testid="query-field"
            value={draft.value}
            onInput={(event) => {
              draft.value = event.currentTarget.value
            }}
            onKeyDown={onKeyDown}
          />
        )}
      </div>
      <IconButton
        icon="format"
        label={t('query.format')}
        shortcut="format"
        testId="format"
        onClick={() => void format()}
      />
      <Button kind="primary" icon="play" label={t('query.run')} testId="run" onClick={run} />
    </div>
  )
}

/** Lays the query out anew. A query with a fault stays as it is. */
async function format(): Promise<void> {
  const { formatted } = await import('../editor/format.ts')
  try {
    draft.value = formatted(draft.peek())
  } catch {
    toast(t('query.formatFailed'))
  }
}
