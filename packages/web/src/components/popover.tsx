import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icon.tsx'

interface PopoverProps {
  readonly label: string
  readonly icon?: IconName
  /** Words on the button; without them the button shows the drawing alone. */
  readonly text?: ComponentChildren
  readonly class?: string
  readonly testId?: string
  readonly align?: 'start' | 'end'
  readonly children: (close: () => void) => ComponentChildren
}

/** A button that opens a box on the native popover layer; clicks elsewhere and Escape close it. */
export function Popover(props: PopoverProps) {
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const toggled = (event: Event): void => setOpen((event as ToggleEvent).newState === 'open')
    element.addEventListener('toggle', toggled)
    return () => element.removeEventListener('toggle', toggled)
  }, [])

  useEffect(() => {
    const element = box.current
    const anchor = button.current?.getBoundingClientRect()
    if (!open || element === null || anchor === undefined) return
    element.style.top = `${anchor.bottom + 4}px`
    element.style.maxHeight = `${window.innerHeight - anchor.bottom - 16}px`
    let focused = false
    // Its content may be code that is still on the way: the place and the focus wait for it.
    const observer = new ResizeObserver(() => {
      const width = element.offsetWidth
      const wanted = props.align === 'end' ? anchor.right - width : anchor.left
      element.style.left = `${Math.max(8, Math.min(wanted, window.innerWidth - width - 8))}px`
      const first = element.querySelector<HTMLElement>('[data-autofocus], input, button')
      if (!focused) first?.focus()
      focused ||= first !== null
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [open, props.align])

  const close = (): void => {
    box.current?.hidePopover()
    button.current?.focus()
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        class={props.text === undefined ? `icon-button ${props.class ?? ''}` : `button plain ${props.class ?? ''}`}
        title={props.label}
        aria-label={props.text === undefined ? props.label : undefined}
        aria-haspopup="dialog"
        aria-expanded={open}
        data-testid={props.testId}
        popovertarget={id}
      >
        {props.icon === undefined ? null : <Icon name={props.icon} />}
        {props.text}
      </button>
      <div
        ref={box}
        id={id}
        popover="auto"
        class="popover"
        role="dialog"
        aria-label={props.label}
        onKeyDown={moveFocus}
      >
        {open ? props.children(close) : null}
      </div>
    </>
  )
}

/** Arrow keys walk through the buttons of a menu. */
function moveFocus(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const target = event.target as HTMLElement
  if (target.tagName === 'SELECT') return
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('.menu-item')]
  if (items.length === 0) return
  const at = items.indexOf(target)
  const next = event.key === 'ArrowDown' ? at + 1 : at - 1
  items[(next + items.length) % items.length]?.focus()
  event.preventDefault()
}

interface MenuItemProps {
  readonly label: string
  readonly checked?: boolean
  readonly hint?: string
  readonly testId?: string
  readonly lang?: string
  readonly onClick: () => void
}

export function MenuItem({ label, checked, hint, testId, lang, onClick }: MenuItemProps) {
  return (
    <button type="button" class="menu-item" aria-pressed={checked} data-testid={testId} lang={lang} onClick={onClick}>
      <span class="menu-check">{checked === true ? <Icon name="check" size={14} /> : null}</span>
      <span class="menu-label">{label}</span>
      {hint === undefined || hint === '' ? null : <kbd>{hint}</kbd>}
    </button>
  )
}
