import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { loadRoom } from '../shell/i18n.ts'
import type { CreateEditor, EditorHandle } from './editor/handle.ts'

interface QueryBoxProps {
  /** What stands in the box. */
  readonly draft: Signal<string>
  readonly label: string
  readonly onRun: () => void
  readonly onFormat: () => void
  /** Fetches the editor of the language; must be stable. */
  readonly load: () => Promise<CreateEditor>
  /** Filled with what puts the cursor into the box. */
  readonly focus: { current: () => void }
  /** The box lights up when it rises: a click elsewhere wrote the query. */
  readonly rewrites: number
}

/**
 * The box of a query: a plain text field at once, which the editor with colours and completion replaces when the page
 * has nothing better to do, or when the field is entered.
 */
export function QueryBox({ draft, label, onRun, onFormat, load, focus, rewrites }: QueryBoxProps) {
  const host = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const editor = useRef<EditorHandle | undefined>(undefined)
  const upgraded = useSignal(false)

  useEffect(() => {
    focus.current = () => {
      if (editor.current !== undefined) editor.current.focus()
      else field.current?.focus()
    }
    let gone = false
    let started = false
    const upgrade = async (): Promise<void> => {
      if (started) return
      started = true
      const [createEditor] = await Promise.all([load(), loadRoom('library')])
      if (gone || host.current === null) return
      const focused = document.activeElement === field.current
      const selection = field.current?.selectionStart ?? 0
      editor.current = createEditor(host.current, { draft, onRun, onFormat, label })
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
    if (rewrites === 0) return
    host.current?.animate?.([{ backgroundColor: 'var(--accent-soft)' }, { backgroundColor: 'transparent' }], 600)
  }, [rewrites])

  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes a syllable, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    onRun()
  }
  return (
    <div class="query-box" ref={host} data-testid="query-box">
      {upgraded.value ? null : (
        <textarea
          ref={field}
          class="query-field"
          rows={Math.min(8, draft.value.split('\n').length)}
          spellcheck={false}
          autocomplete="off"
          aria-label={label}
          data-testid="query-field"
          value={draft.value}
          onInput={(event) => {
            draft.value = event.currentTarget.value
          }}
          onKeyDown={onKeyDown}
        />
      )}
    </div>
  )
}
