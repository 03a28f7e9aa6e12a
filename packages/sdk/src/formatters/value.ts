import { quote } from './quote.ts'

/** Deeper levels of a value read `"[deep]"`; longer chains of causes are cut as well. */
export const MAX_DEPTH = 12

const hasOwn = Object.prototype.hasOwnProperty

/**
 * Any value as JSON text. Never throws: circular references, getters that throw, bigint, Map, Set, NaN and errors all get
 * a form that reads well, where JSON.stringify throws or loses them. Undefined for what has no JSON (undefined).
 */
export function jsonValue(value: unknown): string | undefined {
  return write(value, undefined)
}

/** {type, message, stack (or another name for it), …own members (code, path …), cause, errors} */
export function errorText(error: Error, stackName: string): string {
  return guarded(error, undefined, (above) => writeError(error, above, stackName))
}

/** The objects that a value stands in, innermost first: what finds circles and depth. */
interface Above {
  readonly value: object
  readonly above: Above | undefined
  readonly depth: number
}

function write(value: unknown, above: Above | undefined): string | undefined {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      // A loss that became NaN is news; JSON has no NaN, and null would say that there was no loss.
      return Number.isFinite(value) ? `${value}` : `"${value}"`
    case 'boolean':
      return value ? 'true' : 'false'
    case 'undefined':
      return undefined
    case 'object':
      return value === null ? 'null' : guarded(value, above, (inside) => writeObject(value, inside))
    case 'bigint':
      return `"${value}"`
    case 'function':
      return guarded(value, above, () => quote(`[function ${value.name || 'anonymous'}]`))
    default:
      return quote(String(value))
  }
}
