import { Icon, type IconName } from '../../../components/icon.tsx'
import { SmallButton } from '../../../components/small-button.tsx'
import { fieldSize } from './field-size.ts'

interface SelectProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly (readonly [T, string])[]
  readonly testId?: string
  readonly onChange: (value: T) => void
}

export function Select<T extends string>({ label, value, options, testId, onChange }: SelectProps<T>) {
  return (
    <select
      class="builder-select"
      aria-label={label}
      data-testid={testId}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as T)}
    >
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  )
}

interface TextInputProps {
  readonly label: string
  readonly value: string
  readonly invalid?: boolean
  readonly size?: number
  readonly testId?: string
  readonly onInput: (text: string) => void
}

export function TextInput({ label, value, invalid = false, size = 12, testId, onInput }: TextInputProps) {
  return (
    <input
      type="text"
      class={invalid ? 'builder-input invalid' : 'builder-input'}
      aria-label={label}
      aria-invalid={invalid}
      placeholder={label}
      size={fieldSize(value, label, size)}
      spellcheck={false}
      autocomplete="off"
      data-testid={testId}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  )
}

interface AddButtonProps {
  readonly label: string
  readonly testId?: string
  readonly icon?: IconName
  readonly onClick: () => void
}

export function AddButton({ label, testId, icon = 'plus', onClick }: AddButtonProps) {
  return (
    <button type="button" class="builder-add" data-testid={testId} onClick={onClick}>
      <Icon name={icon} size={13} />
      {label}
    </button>
  )
}

export function RemoveButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return <SmallButton icon="close" label={label} onClick={onClick} />
}
