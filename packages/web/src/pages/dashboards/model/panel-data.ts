import { signal } from '@preact/signals'
import { ApiError, isAbort } from '../../../api/error.ts'
import type { FetchQuery, PanelAnswer, QueryAnswer } from './panel-answer.ts'
import type { PanelRequest, QueryRequest } from './panel-request.ts'
import { Queue } from './queue.ts'

/** A query that could not be answered. */
export interface PanelFault {
  readonly expr: string
  readonly error: ApiError
}

/**
 * Queries of all panels that run at a time. Browsers hold six connections to a server that speaks HTTP/1.1: one is left for
 * what people do meanwhile.
 */
export const queryQueue = new Queue(5)

/** The data of one panel: the last good answer stays until the next one is there, or a fault. */
export class PanelData {
  readonly answer = signal<PanelAnswer | undefined>(undefined)
  readonly loading = signal(false)
  /** The last question was not answered; the answer of the one before may still stand. */
  readonly fault = signal<PanelFault | undefined>(undefined)
  readonly startedMs = signal(0)
  #abort: AbortController | undefined
  readonly #fetch: FetchQuery
  readonly #queue: Queue

  constructor(fetch: FetchQuery, queue: Queue = queryQueue) {
    this.#fetch = fetch
    this.#queue = queue
  }

  /** Asks all queries of a panel; a question under way is taken back. */
  async ask(request: PanelRequest): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.startedMs.value = performance.now()
    this.loading.value = true
    const one = async (query: QueryRequest): Promise<QueryAnswer> => {
      try {
        return await this.#queue.run(() => this.#fetch(query, request, abort.signal), abort.signal)
      } catch (error) {
        if (abort.signal.aborted || isAbort(error)) throw error
        throw new FailedQuery(query.expr, error instanceof ApiError ? error : new ApiError(0, String(error)))
      }
    }
    try {
      const answers = await Promise.all(request.queries.map(one))
      if (this.#abort !== abort) return
      this.answer.value = { request, answers }
      this.fault.value = undefined
    } catch (error) {
      if (this.#abort !== abort) return
      // The other queries of the panel would be asked for nothing.
      abort.abort()
      if (error instanceof FailedQuery) this.fault.value = { expr: error.expr, error: error.cause }
    }
    this.loading.value = false
  }

  /** Takes a question back that is under way; what was there stays. */
  cancel(): void {
    this.#abort?.abort()
    this.#abort = undefined
    this.loading.value = false
  }
}

class FailedQuery extends Error {
  readonly expr: string
  override readonly cause: ApiError

  constructor(expr: string, cause: ApiError) {
    super(cause.message)
    this.expr = expr
    this.cause = cause
  }
}
