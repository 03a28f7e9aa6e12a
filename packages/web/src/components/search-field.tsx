import type { Signal } from '@preact/signals'

interface SearchFieldProps {
  readonly label: string
  /** What is typed, at every key. */
  readonly text: Signal<string>
  readonly testId: string
}

/** A field that narrows a list while one types. */
export function SearchField({ label, text, testId }: SearchFieldProps) {
  return (
    <input
      type="search"
      class="field-search"
      placeholder={label}
      aria-label={label}
      data-testid={testId}
      value={text.value}
      onInput={(event) => {
        text.value = event.currentTarget.value
      }}
    />
  )
}
