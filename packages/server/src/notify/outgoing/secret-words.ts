import { mapLeaves } from '../../model/options/declared.ts'
import { type HttpOptions, httpOptions } from './http-options.ts'

/** Shorter parts of addresses are words such as `v2`. */
const SHORTEST_PART = 8

/**
 * Texts of a request that must not come back in a reason: secrets as they are and as they are written on the wire, and what
 * an address has beside its host, for addresses of webhooks are secrets.
 */
export function secretWords(url: string, http: HttpOptions | undefined, secrets: readonly string[]): readonly string[] {
  const words = new Set([...secrets, ...partsOf(url), ...secrets.flatMap(partsOf)])
  if (http !== undefined) {
    mapLeaves(httpOptions, http, ({ value, isSecret }) => {
      if (isSecret && typeof value === 'string') words.add(value)
    })
    const { username = '', password = '' } = http.basic_auth ?? {}
    words.add(Buffer.from(`${username}:${password}`).toString('base64'))
  }
  return [...words].flatMap((word) => [word, encodeURIComponent(word), Buffer.from(word).toString('base64')])
}

function partsOf(address: string): string[] {
  if (!URL.canParse(address)) return []
  const { pathname, search, searchParams, username, password } = new URL(address)
  const parts = [...pathname.split('/'), ...searchParams.values(), withoutEscapes(pathname)]
  return [
    `${pathname}${search}`,
    username === '' ? '' : Buffer.from(`${username}:${password}`).toString('base64'),
    ...[...parts, username, password].filter((part) => part.length >= SHORTEST_PART),
  ].filter((part) => part.length > 1)
}

function withoutEscapes(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
