import { signal } from '@preact/signals'

/** What can be done about what was said. */
export interface ToastAction {
  readonly label: string
  readonly run: () => void
}

const shown = signal<
  { readonly text: string; readonly id: number; readonly action: ToastAction | undefined } | undefined
>(undefined)
let last = 0

/** Says something short for three seconds, also to screen readers; for longer when something can be done about it. */
export function toast(text: string, action?: ToastAction): void {
  last += 1
  const id = last
  shown.value = { text, id, action }
  setTimeout(
    () => {
      if (shown.peek()?.id === id) shown.value = undefined
    },
    action === undefined ? 3000 : 8000,
  )
}

export function Toaster() {
  const { text, action } = shown.value ?? {}
  return (
    <div class="toaster" role="status" aria-live="polite">
      {text === undefined ? null : (
        <div class="toast">
          {text}
          {action === undefined ? null : (
            <button
              type="button"
              data-testid="toast-action"
              onClick={() => {
                shown.value = undefined
                action.run()
              }}
            >
              {action.label}
            </button>
          )}
        </div>
      )}
    </div>
  )
}
