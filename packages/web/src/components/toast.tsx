import { signal } from '@preact/signals'

const shown = signal<{ readonly text: string; readonly id: number } | undefined>(undefined)
let last = 0

/** Says something short for three seconds, also to screen readers. */
export function toast(text: string): void {
  last += 1
  const id = last
  shown.value = { text, id }
  setTimeout(() => {
    if (shown.peek()?.id === id) shown.value = undefined
  }, 3000)
}

export function Toaster() {
  return (
    <div class="toaster" role="status" aria-live="polite">
      {shown.value === undefined ? null : <div class="toast">{shown.value.text}</div>}
    </div>
  )
}
