import { jsonValue } from '../../formatters/value.ts'

/**
 * What takes the place of a secret.
 * - `mask`: a fixed text
 * - `partial`: the mask and the last 4 characters; of texts under 12 characters, and of objects, only the mask
 * - `hash`: `hmac:` and 16 hex digits, the same for the same value and key, so that records can still be matched
 * - `remove`: nothing; fields, members and items are left out, found parts of a text are cut out
 * - a function of the value and of what found it (the name of the field, or of the pattern) that gives what is shown
 */
export type RedactAction = 'mask' | 'partial' | 'hash' | 'remove' | ((value: unknown, foundBy: string) => unknown)

/** The founding default of this project's logs. */
export const DEFAULT_MASK = '***masked***'

/** What a `remove` gives for a whole value. */
export const REMOVED: unique symbol = Symbol('removed')

/** Never throws. */
export interface Replacement {
  /** For a whole value; may be REMOVED. */
  value(value: unknown, foundBy: string): unknown
  /** For a part of a text. */
  part(text: string, foundBy: string): string
}

export interface ActionOptions {
  readonly action: RedactAction
  readonly mask: string
  /** For `hash`. */
  readonly key: string | Uint8Array | undefined
}

const SHOWN = 4
/** Four of fewer characters would tell too much. */
const MIN_PARTIAL = 12

/** @throws TypeError for an unknown action or a hash without a key, Error where the runtime has no HMAC */
export function replacement({ action, mask, key }: ActionOptions): Replacement {
  if (typeof action === 'function') {
    const shown = (value: unknown, foundBy: string) => {
      try {
        return action(value, foundBy)
      } catch {
        return mask
      }
    }
    return {
      value: shown,
      part(text, foundBy) {
        const part = shown(text, foundBy)
        return typeof part === 'string' || typeof part === 'number' ? String(part) : part === undefined ? '' : mask
      },
    }
  }
  switch (action) {
    case 'mask':
      return { value: () => mask, part: () => mask }
    case 'remove':
      return { value: () => REMOVED, part: () => '' }
    case 'partial':
      return ofText((text) => (text.length < MIN_PARTIAL ? mask : mask + text.slice(-SHOWN)), mask)
    case 'hash':
      return ofText(keyedHash(key), undefined)
    default:
      throw new TypeError(
        `redact action ${JSON.stringify(action)}: use "mask", "partial", "hash", "remove" or a function`,
      )
  }
}

/** Numbers are taken as they are written; objects as `forObjects`, or as their JSON. */
function ofText(part: (text: string) => string, forObjects: string | undefined): Replacement {
  return {
    value(value) {
      if (typeof value === 'string') return part(value)
      if (typeof value !== 'object' || value === null) return part(String(value))
      return forObjects ?? part(jsonValue(value) ?? '')
    },
    part,
  }
}

interface Hmac {
  update(text: string, encoding: 'utf8'): Hmac
  digest(encoding: 'hex'): string
}

interface Crypto {
  createHmac(algorithm: 'sha256', key: string | Uint8Array): Hmac
}

interface BuiltinModules {
  getBuiltinModule?(name: 'node:crypto'): Crypto | undefined
}

/** HMAC-SHA-256 (RFC 2104), cut to 64 bits. Without a key, hashes of short values could be undone by trying all. */
function keyedHash(key: string | Uint8Array | undefined): (text: string) => string {
  if (key === undefined || key.length === 0) {
    throw new TypeError('redact action "hash" needs a key: { action: "hash", key: process.env.LOG_HASH_KEY }')
  }
  const crypto = (globalThis as { process?: BuiltinModules }).process?.getBuiltinModule?.('node:crypto')
  if (crypto === undefined) {
    throw new Error('redact action "hash" needs node:crypto, which this runtime does not have: use "mask" or "remove"')
  }
  return (text) => `hmac:${crypto.createHmac('sha256', key).update(text, 'utf8').digest('hex').slice(0, 16)}`
}
