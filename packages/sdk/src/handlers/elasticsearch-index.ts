import type { LogRecord } from '../record.ts'

/**
 * Names of indices by date: %Y, %m, %d and %H stand for parts of the record's time, UTC.
 * @throws RangeError for another % or a name that Elasticsearch does not take
 */
export function dateNamed(pattern: string): (record: LogRecord) => string {
  const wrong = /%(?![YmdH])./.exec(pattern)
  if (wrong !== null) throw new RangeError(`index ${JSON.stringify(pattern)}: ${wrong[0]} is none of %Y, %m, %d, %H`)
  if (pattern === '' || /[A-Z\\/*?"<>| ,#:]/.test(pattern.replace(/%[YmdH]/g, '')) || /^[-_+.]/.test(pattern)) {
    throw new RangeError(
      `index ${JSON.stringify(pattern)}: lower case, not \\ / * ? " < > | , # : or spaces, no - _ + . first`,
    )
  }
  let hour = Number.NaN
  let name = ''
  return ({ timeMs }) => {
    const now = Math.floor(timeMs / 3_600_000)
    if (now !== hour) {
      const iso = new Date(timeMs).toISOString()
      const parts: Record<string, string> = {
        Y: iso.slice(0, 4),
        m: iso.slice(5, 7),
        d: iso.slice(8, 10),
        H: iso.slice(11, 13),
      }
      name = pattern.replace(/%([YmdH])/g, (_, letter: string) => parts[letter] as string)
      hour = now
    }
    return name
  }
}
