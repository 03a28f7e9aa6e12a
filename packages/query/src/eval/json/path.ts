import { jsonStringValue } from './fields.ts'
import {
  BACKSLASH,
  blockEnd,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
  stringEnd,
  tokenEnd,
  tokenKind,
  unescapeJson,
} from './scan.ts'

/** A place in a document: keys and array indexes from the outside in. */
export type JsonPath = readonly (string | number)[]

/** The value at the path as a label value; undefined when there is none; null when it is there but unreadable. */
export function jsonValueAt(text: string, path: JsonPath): string | undefined | null {
  let at = skipSpace(text, 0)
  for (const part of path) {
    at = typeof part === 'number' ? elementAt(text, at, part) : memberAt(text, at, part)
    if (at < 0) return undefined
  }
  return valueText(text, at)
}

function valueText(text: string, at: number): string | undefined | null {
  if (at >= text.length) return undefined
  switch (text.charCodeAt(at)) {
    case QUOTE: {
      const end = stringEnd(text, at + 1)
      return end < 0 ? null : jsonStringValue(text, at + 1, end, true)
    }
    case OPEN_BRACE: {
      const end = blockEnd(text, at, OPEN_BRACE, CLOSE_BRACE)
      return end < 0 ? null : text.slice(at, end)
    }
    case OPEN_BRACKET: {
      const end = blockEnd(text, at, OPEN_BRACKET, CLOSE_BRACKET)
      return end < 0 ? null : text.slice(at, end)
    }
    default: {
      const end = tokenEnd(text, at)
      const kind = tokenKind(text, at, end)
      if (kind === 'unknown') return null
      return kind === 'null' ? '' : text.slice(at, end)
    }
  }
}

/** Behind the value at `at`, or -1. */
function skipValue(text: string, at: number): number {
  switch (text.charCodeAt(at)) {
    case QUOTE: {
      const end = stringEnd(text, at + 1)
      return end < 0 ? -1 : end + 1
    }
    case OPEN_BRACE:
      return blockEnd(text, at, OPEN_BRACE, CLOSE_BRACE)
    case OPEN_BRACKET:
      return blockEnd(text, at, OPEN_BRACKET, CLOSE_BRACKET)
    default: {
      const end = tokenEnd(text, at)
      return tokenKind(text, at, end) === 'unknown' ? -1 : end
    }
  }
}

function memberAt(text: string, at: number, key: string): number {
  if (text.charCodeAt(at) !== OPEN_BRACE) return -1
  let i = skipSpace(text, at + 1)
  while (i < text.length && text.charCodeAt(i) === QUOTE) {
    const keyEnd = stringEnd(text, i + 1)
    if (keyEnd < 0) return -1
    const found = isKey(text, i + 1, keyEnd, key)
    i = skipSpace(text, keyEnd + 1)
    if (text.charCodeAt(i) !== COLON) return -1
    i = skipSpace(text, i + 1)
    if (i >= text.length) return -1
    if (found) return i
    i = afterValue(text, i)
    if (i < 0) return -1
  }
  return -1
}

function elementAt(text: string, at: number, index: number): number {
  if (text.charCodeAt(at) !== OPEN_BRACKET) return -1
  let i = skipSpace(text, at + 1)
  for (let n = 0; i < text.length && text.charCodeAt(i) !== CLOSE_BRACKET; n++) {
    if (n === index) return i
    i = afterValue(text, i)
    if (i < 0) return -1
  }
  return -1
}

/** Where the next member or element starts, or -1 when the value at `at` was the last or is unreadable. */
function afterValue(text: string, at: number): number {
  const end = skipValue(text, at)
  if (end < 0) return -1
  const next = skipSpace(text, end)
  return text.charCodeAt(next) === COMMA ? skipSpace(text, next + 1) : -1
}

function isKey(text: string, from: number, to: number, key: string): boolean {
  if (to - from === key.length && text.startsWith(key, from)) return true
  for (let i = from; i < to; i++) {
    if (text.charCodeAt(i) === BACKSLASH) return unescapeJson(text.slice(from, to)) === key
  }
  return false
}
