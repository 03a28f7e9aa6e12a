import type { Signal } from '@preact/signals'

interface TextFieldProps {
  readonly label: string
  /** What is typed, at every key. */
  readonly text: Signal<string>
  readonly testId: string
  /** Where the focus is when its dialog opens. */
  readonly first?: boolean
}

/** A line of text in a form of editing. */
export function TextField({ label, text, testId, first = false }: TextFieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        autofocus={first}
        maxLength={1000}
        data-testid={testId}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value
        }}
        onKeyDown={keepComposing}
      />
    </label>
  )
}

/** While an input method composes a syllable, Enter belongs to it. */
function keepComposing(event: KeyboardEvent): void {
  if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229)) event.preventDefault()
}
