import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import { t } from '../../../shell/i18n.ts'
import { fieldSize } from './field-size.ts'

export interface Choice {
  readonly value: string
  /** Said beside the value: how often it occurs, or what it is. */
  readonly hint?: string
}

interface ComboboxProps<T extends Choice> {
  readonly label: string
  readonly value: string
  readonly placeholder?: string
  readonly invalid?: boolean
  readonly size?: number
  readonly testId?: string
  /** Asked each time the list opens. */
  readonly load: () => Promise<readonly T[]>
  readonly onInput: (text: string) => void
  /** A choice was taken from the list; without it the choice's text counts as typed. */
  readonly onPick?: (choice: T) => void
  /** Enter was pressed on a text that is no choice; without it the key goes on to whoever holds the field. */
  readonly onEnter?: (text: string) => void
}

const shownChoices = 200

/** A text field with a list of what could stand there. The list never keeps one from typing something else. */
export function Combobox<T extends Choice>(props: ComboboxProps<T>) {
  const { value, load } = props
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const open = useSignal(false)
  /** What was typed since the list opened: what stood there before does not narrow the list. */
  const typed = useSignal('')
  const choices = useSignal<readonly T[] | undefined>(undefined)
  const failed = useSignal(false)
  const active = useSignal(-1)
  const asked = useRef(0)

  const show = (): void => {
    if (open.peek()) return
    typed.value = ''
    active.value = -1
    open.value = true
    failed.value = false
    asked.current += 1
    const mine = asked.current
    load().then(
      (found) => {
        if (mine === asked.current) choices.value = found
      },
      () => {
        // One can type without the list; the query itself will say what is wrong with the server.
        if (mine === asked.current) failed.value = true
      },
    )
  }
  const hide = (): void => {
    open.value = false
  }
  const wanted = typed.value.toLowerCase()
  const found = (choices.value ?? []).filter((choice) => choice.value.toLowerCase().includes(wanted))
  const options = found.slice(0, shownChoices)
  const isOpen = open.value

  useEffect(() => {
    const [box, anchor] = [list.current, field.current?.getBoundingClientRect()]
    if (!isOpen || box === null || anchor === undefined) return
    if (!box.matches(':popover-open')) box.showPopover()
    const width = Math.max(anchor.width, 180)
    box.style.minWidth = `${width}px`
    box.style.left = `${Math.max(8, Math.min(anchor.left, window.innerWidth - box.offsetWidth - 8))}px`
    const below = window.innerHeight - anchor.bottom - 12
    const upward = below < 160 && anchor.top > below
    box.style.maxHeight = `${Math.min(280, upward ? anchor.top - 12 : below)}px`
    box.style.top = upward ? 'auto' : `${anchor.bottom + 3}px`
    box.style.bottom = upward ? `${window.innerHeight - anchor.top + 3}px` : 'auto'
  }, [isOpen, options.length])

  const take = (choice: T): void => {
    hide()
    if (props.onPick === undefined) props.onInput(choice.value)
    else props.onPick(choice)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes a syllable, the keys belong to it.
    if (event.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!open.peek()) show()
      else if (options.length > 0) {
        const next = active.peek() + (event.key === 'ArrowDown' ? 1 : -1)
        active.value = (next + options.length) % options.length
        list.current?.children[active.peek()]?.scrollIntoView({ block: 'nearest' })
      }
    } else if (event.key === 'Enter') {
      const choice = open.peek() ? options[active.peek()] : undefined
      hide()
      if (choice === undefined && props.onEnter === undefined) return
      // The query runs on Enter: this one only chose.
      event.preventDefault()
      event.stopPropagation()
      if (choice === undefined) props.onEnter?.(value)
      else take(choice)
    } else if (event.key === 'Escape' && open.peek()) {
      event.stopPropagation()
      hide()
    }
  }
  const current = options[active.value]
  return (
    <span class="combobox">
      <input
        ref={field}
        type="text"
        role="combobox"
        class={props.invalid === true ? 'builder-input invalid' : 'builder-input'}
        aria-label={props.label}
        aria-expanded={isOpen}
        aria-controls={id}
        aria-autocomplete="list"
        aria-invalid={props.invalid === true}
        aria-activedescendant={current === undefined ? undefined : `${id}-${active.value}`}
        placeholder={props.placeholder ?? props.label}
        size={fieldSize(value, props.placeholder ?? props.label, props.size ?? 10)}
        autocomplete="off"
        spellcheck={false}
        data-testid={props.testId}
        value={value}
        onFocus={show}
        onClick={show}
        onBlur={hide}
        onInput={(event) => {
          show()
          typed.value = event.currentTarget.value
          active.value = -1
          props.onInput(event.currentTarget.value)
        }}
        onKeyDown={onKeyDown}
      />
      {isOpen ? (
        <div ref={list} id={id} popover="manual" class="popover choices" role="listbox" aria-label={props.label}>
          {options.map((choice, index) => (
            <div
              key={choice.value}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active.value}
              class="choice"
              // The field keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(choice)}
            >
              <span class="mono">{choice.value === '' ? t('fields.empty') : choice.value}</span>
              {choice.hint === undefined ? null : <span class="hint">{choice.hint}</span>}
            </div>
          ))}
          {options.length > 0 ? null : (
            <div class="choice none" role="presentation">
              {failed.value
                ? t('builder.listFailed')
                : choices.value === undefined
                  ? t('builder.listLoading')
                  : t('builder.listNone')}
            </div>
          )}
        </div>
      ) : null}
    </span>
  )
}
