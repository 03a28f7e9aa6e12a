import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../shell/i18n.ts'
import { IconButton } from './button.tsx'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly wide?: boolean
  /** False: only the content can close it. */
  readonly closable?: boolean
  readonly children: ComponentChildren
}

/** A modal dialog on the native element: the browser keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, wide = false, closable = true, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={element}
      class={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault()
        if (closable) onClose()
      }}
      onClick={(event) => {
        if (closable && event.target === element.current) onClose()
      }}
    >
      <div class="dialog-box">
        <header class="dialog-head">
          <h2 id="dialog-title">{title}</h2>
          {closable ? <IconButton icon="close" label={t('action.close')} onClick={onClose} /> : null}
        </header>
        <div class="dialog-body">{children}</div>
      </div>
    </dialog>
  )
}
