import type { Signal } from '@preact/signals'

export interface EditorOptions {
  readonly draft: Signal<string>
  readonly onRun: () => void
  readonly onFormat: () => void
  readonly label: string
}

/** Puts an editor into an element. */
export type CreateEditor = (host: HTMLElement, options: EditorOptions) => EditorHandle

/** What the page may do with the editor; the editor itself is loaded later. */
export interface EditorHandle {
  focus(at?: number): void
  destroy(): void
}
