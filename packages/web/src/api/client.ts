import type { ErrorResponse } from '@girok/server/contract'
import { signal } from '@preact/signals'
import { urlOf } from '../shell/base.ts'
import { askForToken, currentToken } from './token.ts'

/** Time of the last answer of the server, and whether the last try failed on the network. */
export const contact = signal<{ readonly lastMs: number; readonly lost: boolean }>({ lastMs: Date.now(), lost: false })

/** A refusal by the server, or no answer at all (`status` 0). `line` and `column` count from 1 when the query is at fault. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly hint: string
  readonly line: number | undefined
  readonly column: number | undefined

  constructor(status: number, message: string, hint = '') {
    super(message)
    this.status = status
    this.hint = hint
    const place = /\bline (\d+), col (\d+)/.exec(message)
    this.line = place === null ? undefined : Number(place[1])
    this.column = place === null ? undefined : Number(place[2])
  }
}

export type QueryParams = Readonly<Record<string, string | number | undefined>>

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly params?: QueryParams
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** Address of an endpoint with its parameters, relative to the origin. */
export function endpoint(path: string, params: QueryParams = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) if (value !== undefined) search.set(name, String(value))
  const text = search.toString()
  return urlOf(path) + (text === '' ? '' : `?${text}`)
}

/** Sends a request; asks for a token on 401 and tries again. Throws ApiError, or the AbortError of the signal. */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  for (;;) {
    const token = currentToken()
    const headers: Record<string, string> = { ...options.headers }
    if (token !== undefined) headers.authorization = `Bearer ${token}`
    const init: RequestInit = { method: options.method ?? 'GET', headers }
    if (options.signal !== undefined) init.signal = options.signal
    if (options.body !== undefined) {
      headers['content-type'] = 'application/json'
      init.body = JSON.stringify(options.body)
    }
    let response: Response
    try {
      response = await fetch(endpoint(path, options.params), init)
    } catch (error) {
      if (options.signal?.aborted) throw error
      contact.value = { lastMs: contact.peek().lastMs, lost: true }
      throw new ApiError(0, error instanceof Error ? error.message : String(error))
    }
    contact.value = { lastMs: Date.now(), lost: false }
    if (response.status === 401) {
      await askForToken(token)
      continue
    }
    if (!response.ok) throw await errorOf(response)
    return response
  }
}

export async function getJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await request(path, options)
  return (await response.json()) as T
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text()
  if ((response.headers.get('content-type') ?? '').includes('json')) {
    const body = JSON.parse(text) as Partial<ErrorResponse> & { readonly message?: string }
    if (body.error !== undefined) return new ApiError(response.status, body.error.message, body.error.hint)
    if (body.message !== undefined) return new ApiError(response.status, body.message)
  }
  return new ApiError(response.status, text.trim() === '' ? response.statusText : text.trim())
}

/** True for the rejection of a request that was cancelled by us. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
