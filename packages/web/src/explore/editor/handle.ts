import type { Signal } from '@preact/signals'

export interface EditorOptions {
  readonly draft: Signal<string>
  readonly onRun: () => void
  readonly onFormat: () => void
  readonly label: string
}

/** What the page may do with the editor; the editor itself is loaded later. */
export interface EditorHandle {
  focus(at?: number): void
  destroy(): void
}
