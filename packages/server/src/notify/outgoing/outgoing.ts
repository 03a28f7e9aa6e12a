import type { Socket } from 'node:net'
import type { HttpOptions } from './http-options.ts'

/** Reaches far ends that users name. */
export interface Outgoing {
  /**
   * Resolves with the answer, whatever its status. Rejects with `OutgoingError`: the address is not allowed, no connection,
   * too many redirects. Rejects with the signal’s reason once it is aborted. Redirects are followed as `http_config` says, each behind the same guard.
   */
  request(request: OutgoingRequest): Promise<OutgoingAnswer>
  /**
   * Opens a TCP connection (of SMTP) behind the same guard, to the address that was checked. Rejects with `OutgoingError`,
   * also when `signal` is aborted before it is open; what happens to the socket from then on is the caller's.
   */
  connect(host: string, port: number, signal: AbortSignal): Promise<Socket>
}

export interface OutgoingRequest {
  readonly method: 'POST' | 'PUT' | 'GET' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** `http_config` of alertmanager.yml: credentials, TLS, proxy, redirects. */
  readonly http?: HttpOptions
  readonly signal: AbortSignal
}

export interface OutgoingAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** At most 64 KiB; the rest is not read. */
  readonly body: string
}

/** Its message never has the address in it: it may hold a secret. */
export class OutgoingError extends Error {
  override readonly name = 'OutgoingError'
  /** False for addresses that are not allowed or cannot be. */
  readonly retry: boolean

  constructor(message: string, retry: boolean) {
    super(message)
    this.retry = retry
  }
}
