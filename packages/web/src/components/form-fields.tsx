import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps<T> {
  readonly label: string
  readonly value: T
  readonly onChange: (value: T) => void
  readonly testId?: string
}

interface TextFieldProps extends FieldProps<string> {
  readonly placeholder?: string
  readonly mono?: boolean
  /** Why the text cannot be taken. */
  readonly fault?: string | undefined
  /** More than one: a box of so many lines. */
  readonly lines?: number
  readonly maxLength?: number
}

export function TextField(props: TextFieldProps) {
  const { label, value, onChange, testId, placeholder, mono = false, fault, lines = 1, maxLength } = props
  const id = useId()
  const shared = {
    id,
    'aria-label': label,
    value,
    placeholder,
    maxLength,
    class: mono ? 'mono' : '',
    'data-testid': testId,
    'aria-invalid': fault !== undefined,
    spellcheck: !mono,
    autocomplete: 'off',
    onInput: (event: { readonly currentTarget: { readonly value: string } }) => onChange(event.currentTarget.value),
  }
  return (
    <label class="field" for={id}>
      <span>{label}</span>
      {lines > 1 ? <textarea {...shared} rows={lines} /> : <input {...shared} />}
      {fault === undefined ? null : (
        <em class="fault" role="alert">
          {fault}
        </em>
      )}
    </label>
  )
}

interface NumberFieldProps extends FieldProps<number | undefined> {
  readonly min?: number
  readonly max?: number
  readonly whole?: boolean
}

/** A number, or nothing. What is typed while it is no number changes nothing. */
export function NumberField({ label, value, onChange, testId, min, max, whole = false }: NumberFieldProps) {
  return (
    <label class="field number">
      <span>{label}</span>
      <input
        type="number"
        step={whole ? 1 : 'any'}
        min={min}
        max={max}
        value={value ?? ''}
        data-testid={testId}
        onInput={(event) => {
          const { value: text, validity } = event.currentTarget
          if (text === '' && !validity.badInput) onChange(undefined)
          else if (validity.valid && Number.isFinite(Number(text))) onChange(Number(text))
        }}
      />
    </label>
  )
}

interface ChoiceFieldProps<T extends string> extends FieldProps<T> {
  readonly choices: readonly (readonly [value: T, words: string])[]
}

export function ChoiceField<T extends string>({ label, value, onChange, testId, choices }: ChoiceFieldProps<T>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} data-testid={testId} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {choices.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}

export function CheckField({ label, value, onChange, testId }: FieldProps<boolean>) {
  return (
    <label class="check-field">
      <input
        type="checkbox"
        checked={value}
        data-testid={testId}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  )
}

/** A part of a form under its heading. */
export function FormPart({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="form-part">
      <h3>{title}</h3>
      {children}
    </section>
  )
}
