import { jsonValue } from '../formatters/value.ts'

/** What a caller without types gave where text belongs. Never throws, as String does for symbols and bare objects. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : (jsonValue(value) ?? 'undefined')
}
