import type { ComponentChildren } from 'preact'
import { keyTitle } from '../shell/keys.ts'
import { Icon, type IconName } from './icon.tsx'

interface ButtonProps {
  readonly icon?: IconName
  readonly label: string
  readonly onClick: (event: MouseEvent) => void
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet'
  readonly pressed?: boolean | undefined
  readonly disabled?: boolean
  /** Shortcut whose key the tooltip shows. */
  readonly shortcut?: string
  readonly class?: string
  readonly testId?: string
  readonly children?: ComponentChildren
}

/** A button with its words shown. */
export function Button(props: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${props.kind ?? 'plain'} ${props.class ?? ''}`}
      title={props.shortcut === undefined ? undefined : keyTitle(props.label, props.shortcut)}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      data-testid={props.testId}
      onClick={props.onClick}
    >
      {props.icon === undefined ? null : <Icon name={props.icon} />}
      <span>{props.label}</span>
      {props.children}
    </button>
  )
}

/** A button that shows a drawing alone; its words are the tooltip and the accessible name. */
export function IconButton(props: ButtonProps & { readonly icon: IconName }) {
  return (
    <button
      type="button"
      class={`icon-button ${props.class ?? ''}`}
      title={props.shortcut === undefined ? props.label : keyTitle(props.label, props.shortcut)}
      aria-label={props.label}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      data-testid={props.testId}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
      {props.children}
    </button>
  )
}
