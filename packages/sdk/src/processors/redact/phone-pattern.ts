import type { ValuePattern } from './value-pattern.ts'

// Not behind a word, nor behind one and a dash or dot: there it is part of an id, an address, a decimal.
const START = String.raw`(?<!\w|\w[.-])`
const INTERNATIONAL = String.raw`\+[1-9](?:[ .()-]{0,2}\d){7,14}(?!\d)`
const MOBILE = String.raw`(?:010|0[5789]0)\d{8}|\(?(?:01[016789]|0[5789]0)\)?[ .-]{1,2}\d{3,4}[ .-]\d{4}`
const LANDLINE = String.raw`\(?0[1-9]\d{0,3}(?:\)[ -]?|-)\d{1,4}-\d{4}`

/**
 * Phone numbers: international ones (`+82 10-1234-5678`, ITU-T E.164: up to 15 digits), and those of Korea and Japan
 * (`010-1234-5678`, `02-123-4567`, `090-1234-5678`, `(03)1234-5678`). Without separators only mobile numbers are known.
 */
export const phonePattern: ValuePattern = {
  minLength: 9,
  find: new RegExp(`${START}(?:${INTERNATIONAL}|(?:${MOBILE}|${LANDLINE})(?!\\d|[.-]\\d))`, 'g'),
  measure(found) {
    if (found.startsWith('+')) return found.length
    const digits = found.replace(/\D/g, '').length
    return digits >= 9 && digits <= 11 ? found.length : 0
  },
}
