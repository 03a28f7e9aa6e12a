import type { ValuePattern } from './value-pattern.ts'

/** Prefixes and lengths in use, from the issuers' public ranges: without them one number in ten would pass as a card. */
const ISSUERS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11,16}|35(?:2[89]|[3-8]\d)\d{12,15}|(?:6011|64[4-9]\d|65\d\d|62\d\d|50[1-4]\d|5893|6304|67\d\d)\d{9,15})$/

/** Numbers of payment cards: 13 to 19 digits of a known issuer, in the groups that cards are printed in or in none. */
export const cardPattern: ValuePattern = {
  minLength: 13,
  find: /(?<!\d\.?)(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{3}\2\d{3}\2\d{3}|\d{4}([ -])\d{6}\3\d{4,5}|\d{6}([ -])\d{13})(?!\d|\.\d)/g,
  measure(found, at, text) {
    if (isCard(found)) return isInsideHexId(text, at, found.length) ? 0 : found.length
    // The code on the back often stands behind the number.
    const last = Math.max(found.lastIndexOf(' '), found.lastIndexOf('-'))
    return last > 0 && isCard(found.slice(0, last)) ? last : 0
  },
  overlaps: true,
}

function isCard(text: string): boolean {
  const digits = text.replace(/[ -]/g, '')
  return ISSUERS.test(digits) && passesLuhn(digits)
}

/** Check digit of ISO/IEC 7812-1: from the right, every second digit doubled, the sum of all digits divides by ten. */
function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48
    sum += index % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0
}

const ID_LENGTHS = new Set([16, 24, 32, 40, 64])
const LONGEST_ID = 64

/** Trace ids and digests hold runs of digits; one in ten thousand has a card number by chance. */
function isInsideHexId(text: string, at: number, length: number): boolean {
  if (/[ -]/.test(text.slice(at, at + length))) return false
  const before = /[\da-f]*$/i.exec(text.slice(Math.max(0, at - LONGEST_ID), at)) as RegExpExecArray
  const behind = /^[\da-f]*/i.exec(text.slice(at + length, at + length + LONGEST_ID)) as RegExpExecArray
  const around = before[0].length + behind[0].length
  return around >= 3 && ID_LENGTHS.has(around + length)
}
