import { quoteText } from '../../text/go-quote.ts'
import { FunctionFault } from '../error.ts'
import { decodeUtf8 } from '../utf8.ts'

/** Go's `url.QueryUnescape`. */
export function unescapeQuery(value: string): string {
  if (!/[%+]/.test(value)) return value
  const bad = /%(?![\da-fA-F]{2})/.exec(value)
  if (bad !== null) throw new FunctionFault(`invalid URL escape ${quoteText(value.slice(bad.index, bad.index + 3))}`)
  const spaced = value.replaceAll('+', ' ')
  return spaced.replace(/(?:%[\da-fA-F]{2})+/g, (escapes) =>
    decodeUtf8(Uint8Array.from(escapes.slice(1).split('%'), (byte) => Number.parseInt(byte, 16))),
  )
}
