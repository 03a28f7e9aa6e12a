import { DEFAULT_MASK as MASK } from '../processors/redact/action.ts'
import { isPlainObject } from './check.ts'

const SECRET_NAME = /token|passw|^pass$|^key$|secret|api_?key|webhook|authorization|credential/i

/** A copy without secrets: values under names that tell of one, headers, and names and passwords in URLs. */
export function masked(value: unknown, name = ''): unknown {
  if (value !== undefined && value !== null && SECRET_NAME.test(name)) return MASK
  if (typeof value === 'string') return value.replace(/(\b[a-z][a-z\d+.-]*:\/\/)[^/@\s]*@/gi, `$1${MASK}@`)
  if (Array.isArray(value)) return value.map((one) => masked(one))
  if (!isPlainObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, name === 'headers' ? MASK : masked(one, key)]),
  )
}
