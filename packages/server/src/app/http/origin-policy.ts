import { isIP } from 'node:net'
import { GirokError } from '../../model/errors.ts'
import { isLoopback } from '../config/host.ts'
import { singleHeader } from './header.ts'

/**
 * A server on loopback is still reachable from every web page that the user opens: by a name that resolves to 127.0.0.1
 * (DNS rebinding), and by requests that a foreign page sends. So the Host header must name this server, and whatever
 * changes something must come from a page of this server (or from no page at all).
 */
export interface OriginPolicy {
  /** Throws `forbidden` unless the Host header names this server. */
  checkHost(host: string | undefined): void
  /**
   * Throws `forbidden` when a browser page of another origin sent the request. Call for writes and websockets. `key` is
   * the configuration's list of those that may, where it is not the server's own.
   */
  checkOrigin(headers: Readonly<Record<string, string | string[] | undefined>>, key?: string): void
}

export interface OriginPolicyOptions {
  /** The address listened on. */
  readonly listenHost: string
  /** Names besides; `*.example.com` stands for all names below. */
  readonly allowedHosts: readonly string[]
  /** Whole origins besides, such as `https://logs.example.com`. */
  readonly allowedOrigins: readonly string[]
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

export function originPolicy(options: OriginPolicyOptions): OriginPolicy {
  const { listenHost } = options
  const loopbackOnly = isLoopback(listenHost)
  const names = new Set([...LOOPBACK_NAMES, bracketed(listenHost), ...options.allowedHosts].map((n) => n.toLowerCase()))
  const suffixes = [...names].filter((name) => name.startsWith('*.')).map((name) => name.slice(1))
  const origins = new Set(options.allowedOrigins.map((origin) => origin.toLowerCase().replace(/\/$/, '')))

  function hostAllowed(host: string): boolean {
    const lower = host.toLowerCase()
    const name = hostName(lower)
    if (name === undefined) return false
    if (names.has(lower) || names.has(name)) return true
    if (name.endsWith('.localhost') || suffixes.some((suffix) => name.endsWith(suffix))) return true
    // An address cannot be rebound; beyond loopback it is how people reach a server without a name.
    return !loopbackOnly && isIP(name.replace(/^\[|\]$/g, '')) !== 0
  }

  return {
    checkHost(host) {
      if (host !== undefined && hostAllowed(host)) return
      throw new GirokError(
        'forbidden',
        `the Host header ${JSON.stringify(host ?? '')} does not name this server: use http://127.0.0.1, or add the name to server.allowedHosts`,
      )
    },
    checkOrigin(headers, key = 'server.allowedOrigins') {
      const origin = singleHeader(headers.origin)?.toLowerCase()
      if (origin === undefined) {
        if (singleHeader(headers['sec-fetch-site']) !== 'cross-site') return
      } else {
        if (origins.has(origin)) return
        const host = singleHeader(headers.host)?.toLowerCase()
        if (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)) return
      }
      throw new GirokError(
        'forbidden',
        `the origin ${JSON.stringify(origin ?? 'of another site')} may not write here: add it to ${key} if it is yours`,
      )
    },
  }
}

/** The name of `name:port`, brackets of IPv6 kept; undefined when the header is not well formed. */
function hostName(host: string): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?$/.exec(host)?.[1]
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}
