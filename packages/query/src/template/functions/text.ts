import { FunctionFault } from '../error.ts'
import { byteLength, encodeUtf8, isAscii, runeCount, sliceBytes } from '../utf8.ts'
import type { CallScope } from '../value.ts'

/** Go maps each character by itself: no `SS` for `ß`, no final sigma. */
function mapRunes(text: string, change: (rune: string) => string, whole: (text: string) => string): string {
  if (isAscii(text)) return whole(text)
  let out = ''
  for (const rune of text) {
    const changed = change(rune)
    out += changed.length <= rune.length || runeCount(changed) === 1 ? changed : rune
  }
  return out
}

export function toUpper(text: string): string {
  return mapRunes(
    text,
    (rune) => rune.toUpperCase(),
    (ascii) => ascii.toUpperCase(),
  )
}

export function toLower(text: string): string {
  return mapRunes(
    text,
    (rune) => (rune === '\u0130' ? 'i' : rune.toLowerCase()),
    (ascii) => ascii.toLowerCase(),
  )
}

const NO_SEPARATOR = /[\p{L}\p{Nd}_]/u

/** The first letter of each word as a capital; words end at ASCII punctuation and at blanks. */
export function toTitle(text: string): string {
  let out = ''
  let inWord = false
  for (const rune of text) {
    out += inWord ? rune : toUpper(rune)
    inWord = rune < '\x80' ? NO_SEPARATOR.test(rune) : NO_SEPARATOR.test(rune) || !/\s/u.test(rune)
  }
  return out
}

const SPACE = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/

export function trimSpace(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && SPACE.test(text[from] as string)) from++
  while (to > from && SPACE.test(text[to - 1] as string)) to--
  return text.slice(from, to)
}

/** Cuts characters of the set off the ends. */
export function trimSet(text: string, set: string, left: boolean, right: boolean): string {
  const members = new Set(set)
  let from = 0
  let to = text.length
  if (isAscii(text)) {
    while (left && from < to && members.has(text[from] as string)) from++
    while (right && to > from && members.has(text[to - 1] as string)) to--
    return text.slice(from, to)
  }
  const runes = [...text]
  to = runes.length
  while (left && from < to && members.has(runes[from] as string)) from++
  while (right && to > from && members.has(runes[to - 1] as string)) to--
  return runes.slice(from, to).join('')
}

export function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text
}

export function withoutSuffix(text: string, suffix: string): string {
  return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text
}

/** The first bytes of the text, or with a negative length the last. */
export function truncate(length: number, text: string): string {
  if (isAscii(text)) {
    if (length < 0) return text.length + length > 0 ? text.slice(length) : text
    return text.length > length ? text.slice(0, length) : text
  }
  const bytes = byteLength(text)
  if (length < 0) return bytes + length > 0 ? sliceBytes(text, bytes + length, bytes) : text
  return bytes > length ? sliceBytes(text, 0, length) : text
}

/** Bytes from `start` to before `end`; a negative start means 0, a negative end the whole rest. */
export function substring(start: number, end: number, text: string): string {
  const bytes = byteLength(text)
  const from = Math.max(start, 0)
  const to = start >= 0 && (end < 0 || end > bytes) ? bytes : end
  if (to < 0 || to > bytes) throw bounds(`[:${to}] with length ${bytes}`)
  if (from > to) throw bounds(`[${from}:${to}]`)
  return sliceBytes(text, from, to)
}

function bounds(what: string): FunctionFault {
  return new FunctionFault(`runtime error: slice bounds out of range ${what}`)
}

/** Replaces the first `count` places, all of them if it is negative. An empty text to look for is found at each character. */
export function replaceText(text: string, from: string, to: string, count: number, scope: CallScope): string {
  if (count === 0 || from === to) return text
  if (from === '') return insertBetween(text, to, count, scope)
  const parts: string[] = []
  let at = 0
  let length = text.length
  for (let n = 0; count < 0 || n < count; n++) {
    const found = text.indexOf(from, at)
    if (found < 0) break
    parts.push(text.slice(at, found), to)
    at = found + from.length
    length += to.length - from.length
    scope.checkLength(length)
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(at)
}

function insertBetween(text: string, to: string, count: number, scope: CallScope): string {
  const runes = [...text]
  const places = count < 0 ? runes.length + 1 : Math.min(count, runes.length + 1)
  scope.checkLength(text.length + places * to.length)
  let out = ''
  for (let i = 0; i <= runes.length; i++) out += (i < places ? to : '') + (runes[i] ?? '')
  return out
}

export function repeat(count: number, text: string, scope: CallScope): string {
  if (count < 0) throw new FunctionFault('strings: negative Repeat count')
  if (text !== '') scope.checkLength(count * text.length)
  return text === '' ? '' : text.repeat(count)
}

export function indent(spaces: number, text: string, scope: CallScope): string {
  const padding = repeat(spaces, ' ', scope)
  return padding + replaceText(text, '\n', `\n${padding}`, -1, scope)
}

/** Fills up with blanks, or cuts off, to so many characters; a negative count leaves the text. */
export function align(count: number, text: string, side: 'left' | 'right', scope: CallScope): string {
  const length = runeCount(text)
  if (count < 0 || count === length) return text
  if (count > length) {
    scope.checkLength(count)
    const padding = ' '.repeat(count - length)
    return side === 'left' ? text + padding : padding + text
  }
  if (isAscii(text)) return side === 'left' ? text.slice(0, count) : text.slice(length - count)
  const runes = [...text]
  return (side === 'left' ? runes.slice(0, count) : runes.slice(length - count)).join('')
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export function encodeBase64(text: string): string {
  const bytes = encodeUtf8(text)
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    const digits = [group >> 18, (group >> 12) & 63, (group >> 6) & 63, group & 63].map((digit) => BASE64[digit])
    out += digits.slice(0, Math.min(4, bytes.length - i + 1)).join('')
  }
  return out.padEnd(Math.ceil(bytes.length / 3) * 4, '=')
}

/** The bytes that the text stands for, or where it goes wrong. Line breaks do not count. */
export function decodeBase64(text: string): Uint8Array | string {
  const bytes: number[] = []
  let group = 0
  let digits = 0
  let i = 0
  const next = (): string | undefined => {
    while (text[i] === '\n' || text[i] === '\r') i++
    return text[i]
  }
  const wrong = (at: number) => `illegal base64 data at input byte ${byteLength(text.slice(0, at))}`
  for (let character = next(); character !== undefined; character = next()) {
    const digit = BASE64.indexOf(character)
    if (digit < 0) {
      if (character !== '=' || digits < 2) return wrong(i)
      i++
      if (digits === 2) {
        if (next() === undefined) return wrong(text.length)
        if (next() !== '=') return wrong(i - (text[i] === undefined ? 1 : 0))
        i++
      }
      if (next() !== undefined) return wrong(i)
      bytes.push(...(digits === 2 ? [group >> 4] : [group >> 10, (group >> 2) & 255]))
      return Uint8Array.from(bytes)
    }
    i++
    group = (group << 6) | digit
    if (++digits === 4) {
      bytes.push(group >> 16, (group >> 8) & 255, group & 255)
      group = 0
      digits = 0
    }
  }
  return digits === 0 ? Uint8Array.from(bytes) : wrong(text.length - digits)
}
