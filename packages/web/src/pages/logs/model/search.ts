import { signal } from '@preact/signals'
import type { Entry } from '../../../api/entry.ts'
import { ApiError, isAbort } from '../../../api/error.ts'
import type { LogsAnswer, LogsRequest } from '../../../api/loki.ts'
import type { RangeNs } from '../../../time/range.ts'
import { newEntries } from './page-merge.ts'

export interface SearchRequest {
  readonly query: string
  readonly range: RangeNs
  readonly ascending: boolean
}

export type SearchStatus = 'idle' | 'loading' | 'paging' | 'ready' | 'error' | 'cancelled'

/** Sizes of the pages: the first must be quick, the later ones must keep ahead of the scroll. */
const firstPage = 300
const laterPage = 1000
/** The greatest limit that servers take by default. */
const greatestPage = 5000
/** Rows held in memory; above it the page offers to go on from the last row. */
export const maxRows = 500_000

export type FetchLogs = (request: LogsRequest, signal?: AbortSignal) => Promise<LogsAnswer>

/**
 * The rows of one search, page by page. The rows lie outside reactive state; `version` says that they changed.
 */
export class Search {
  rows: Entry[] = []
  readonly version = signal(0)
  readonly status = signal<SearchStatus>('idle')
  readonly error = signal<ApiError | undefined>(undefined)
  /** True when no row of the range is missing below the last. */
  readonly complete = signal(false)
  /** Milliseconds that the first page took; the start time while it is under way. */
  readonly tookMs = signal(0)
  readonly startedMs = signal(0)
  /** Rises with each new search, so that views forget their place. */
  readonly run = signal(0)

  #request: SearchRequest | undefined
  #abort: AbortController | undefined
  readonly #fetch: FetchLogs

  constructor(fetch: FetchLogs) {
    this.#fetch = fetch
  }

  /** Starts a search; the rows of the one before stay until the first page is there. */
  async start(request: SearchRequest): Promise<void> {
    this.cancel()
    this.#request = request
    this.error.value = undefined
    this.status.value = 'loading'
    this.startedMs.value = performance.now()
    const answer = await this.#page(request, request.range, firstPage)
    if (answer === undefined) return
    this.rows = answer.entries
    this.run.value += 1
    this.#finish(answer.entries.length < firstPage)
    this.tookMs.value = performance.now() - this.startedMs.peek()
  }

  /** Loads the page behind the last row; does nothing while one is under way or when all is there. */
  async more(): Promise<void> {
    const request = this.#request
    if (request === undefined || this.status.peek() !== 'ready' || this.complete.peek()) return
    const last = this.rows.at(-1)
    if (last === undefined || this.rows.length >= maxRows) return
    this.status.value = 'paging'
    const lastNs = BigInt(last.ts)
    const range = request.ascending
      ? { from: lastNs, to: request.range.to }
      : { from: request.range.from, to: lastNs + 1n }
    // A page may hold nothing but known records of one nanosecond: only a greater limit reaches beyond them.
    for (let limit = laterPage; ; limit = Math.min(limit * 5, greatestPage)) {
      const answer = await this.#page(request, range, limit)
      if (answer === undefined) return
      const fresh = newEntries(this.rows, answer.entries)
      const whole = answer.entries.length < limit
      if (fresh.length === 0 && !whole && limit < greatestPage) continue
      for (const entry of fresh) this.rows.push(entry)
      this.#finish(whole || fresh.length === 0)
      return
    }
  }

  cancel(): void {
    this.#abort?.abort()
    this.#abort = undefined
    if (this.status.peek() === 'loading' || this.status.peek() === 'paging') this.status.value = 'cancelled'
  }

  clear(): void {
    this.cancel()
    this.#request = undefined
    this.rows = []
    this.complete.value = false
    this.status.value = 'idle'
    this.error.value = undefined
    this.version.value += 1
  }

  #finish(complete: boolean): void {
    this.complete.value = complete
    this.status.value = 'ready'
    this.version.value += 1
  }

  async #page(request: SearchRequest, range: RangeNs, limit: number): Promise<LogsAnswer | undefined> {
    const abort = new AbortController()
    this.#abort = abort
    try {
      const answer = await this.#fetch(
        {
          query: request.query,
          start: range.from,
          end: range.to,
          limit,
          direction: request.ascending ? 'forward' : 'backward',
        },
        abort.signal,
      )
      return this.#abort === abort ? answer : undefined
    } catch (error) {
      if (this.#abort !== abort || isAbort(error)) return undefined
      this.error.value = error instanceof ApiError ? error : new ApiError(0, String(error))
      this.status.value = 'error'
      return undefined
    }
  }
}
