import { headerOf } from './headers.ts'
import type { FindToken } from './receiver.ts'

/** `Authorization: SCHEME TOKEN`, as in `Authorization: Splunk TOKEN`. */
export function schemeToken(scheme: string): FindToken {
  return (headers) => {
    const [given = '', value = ''] = headerOf({ headers }, 'authorization').split(/\s+/, 2)
    return given.toLowerCase() === scheme.toLowerCase() ? value : undefined
  }
}

/** `Authorization: Bearer TOKEN`, or Basic with the token as password: taken everywhere. */
export const bearerToken: FindToken = (headers, query) => {
  const bearer = schemeToken('Bearer')(headers, query)
  if (bearer !== undefined) return bearer
  const basic = schemeToken('Basic')(headers, query)
  if (basic === undefined) return undefined
  const decoded = Buffer.from(basic, 'base64').toString('utf8')
  return decoded.slice(decoded.indexOf(':') + 1)
}

/** A header of its own, as in `DD-API-KEY: TOKEN`. */
export function headerToken(name: string): FindToken {
  const key = name.toLowerCase()
  return (headers) => (headers[key] === undefined ? undefined : headerOf({ headers }, key))
}

/** Elasticsearch's `Authorization: ApiKey BASE64(id:TOKEN)`; the token alone is taken as well. */
export const apiKeyToken: FindToken = (headers, query) => {
  const given = schemeToken('ApiKey')(headers, query)
  if (given === undefined) return undefined
  // A token that stands alone decodes to bytes of any kind, a colon perhaps among them.
  const pair = /^[\x21-\x39\x3b-\x7e]*:([\x21-\x7e]+)$/.exec(Buffer.from(given, 'base64').toString('latin1'))
  return pair?.[1] ?? given
}

/** The first of several places that holds a token. */
export function firstToken(...places: readonly FindToken[]): FindToken {
  return (headers, query) => {
    for (const place of places) {
      const found = place(headers, query)
      if (found !== undefined) return found
    }
    return undefined
  }
}
