import { signal } from '@preact/signals'
import { Latest } from '../../../explore/latest.ts'

/** Rows of what happened, newest first. */
export interface JournalRows<T> {
  readonly rows: readonly T[]
  /** Asks for the rows that follow; undefined: there are none. */
  readonly older: string | undefined
}

/** Asks for the newest rows, or for those behind `before`. */
export type AskRows<T> = (before: string | undefined, signal: AbortSignal) => Promise<JournalRows<T>>

/** What happened, page by page: the newest rows are asked for again and again, older ones when somebody wants them. */
export class JournalPages<T extends { readonly at: string }> {
  readonly newest = new Latest<JournalRows<T>>(true)
  readonly further = new Latest<JournalRows<T>>(true)
  /** All rows so far; undefined before the first answer. */
  readonly shown = signal<JournalRows<T> | undefined>(undefined)
  #ask: AskRows<T> | undefined

  /** Asks for the newest rows; older ones that are shown stay as far as these join them. */
  async load(ask: AskRows<T>): Promise<void> {
    this.#ask = ask
    this.newest.answer.value = undefined
    await this.newest.ask((signal) => ask(undefined, signal))
    const answer = this.newest.answer.peek()
    if (answer !== undefined && this.#ask === ask) this.shown.value = joined(answer, this.shown.peek())
  }

  /** Asks for the rows behind the last one. */
  async loadOlder(): Promise<void> {
    const [ask, before] = [this.#ask, this.shown.peek()?.older]
    if (ask === undefined || before === undefined || this.further.loading.peek()) return
    this.further.answer.value = undefined
    await this.further.ask((signal) => ask(before, signal))
    const [more, shown] = [this.further.answer.peek(), this.shown.peek()]
    // Other rows may have come up meanwhile.
    if (more === undefined || shown?.older !== before) return
    this.shown.value = { rows: [...shown.rows, ...more.rows], older: more.older }
  }

  /** As if nothing had been asked. */
  clear(): void {
    this.#ask = undefined
    this.newest.clear()
    this.further.clear()
    this.shown.value = undefined
  }
}

/** The newest rows with those behind them that were shown before; without these where a gap would lie between. */
export function joined<T extends { readonly at: string }>(
  newest: JournalRows<T>,
  shown: JournalRows<T> | undefined,
): JournalRows<T> {
  const last = newest.rows.at(-1)
  if (shown === undefined || last === undefined || newest.older === undefined) return newest
  const text = JSON.stringify(last)
  const at = shown.rows.findIndex((row) => row.at === last.at && JSON.stringify(row) === text)
  return at < 0 ? newest : { rows: [...newest.rows, ...shown.rows.slice(at + 1)], older: shown.older }
}
