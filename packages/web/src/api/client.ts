import type { ErrorResponse } from '@girok/server/contract'
import { signal } from '@preact/signals'
import { urlOf } from '../shell/base.ts'
import { ApiError } from './error.ts'
import { askForToken, currentToken } from './token.ts'

/** Time of the last answer of the server, and whether the last try failed on the network. */
export const contact = signal<{ readonly lastMs: number; readonly lost: boolean }>({ lastMs: Date.now(), lost: false })

export type QueryParams = Readonly<Record<string, string | number | undefined>>

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
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

const LONGEST_ADDRESS = 6000

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
    let address = endpoint(path, options.params)
    // Longer than servers and proxies take a request line: these paths take the same as a form.
    if (address.length > LONGEST_ADDRESS && /\/query(_range)?$/.test(path)) {
      init.method = 'POST'
      init.body = new URLSearchParams(address.slice(address.indexOf('?')))
      address = endpoint(path)
    }
    let response: Response
    try {
      response = await fetch(address, init)
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
    // Prometheus' form: the error is its text.
    if (typeof body.error === 'string') return new ApiError(response.status, body.error)
    if (body.error !== undefined) return new ApiError(response.status, body.error.message, body.error.hint)
    if (body.message !== undefined) return new ApiError(response.status, body.message)
  }
  return new ApiError(response.status, text.trim() === '' ? response.statusText : text.trim())
}
