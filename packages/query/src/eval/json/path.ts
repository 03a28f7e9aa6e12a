import { jsonStringValue } from './fields.ts'
import {
  BACKSLASH,
  blockEnd,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  FAULT,
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

type Value = { readonly text: string } | { readonly fault: string }

/**
 * Finds the values at some paths in one pass. It looks for keys and brackets only and does not check what stands between
 * them, so that damaged documents give what can still be found: the first value of each path.
 */
export class JsonPaths {
  private readonly paths: readonly JsonPath[]
  private readonly deepest: number
  private readonly keys: (string | number)[] = []

  constructor(paths: readonly JsonPath[]) {
    this.paths = paths
    this.deepest = Math.max(...paths.map(({ length }) => length))
  }

  /** Answers how many values were readable. `fail` is told what is wrong with the text, as far as it was looked at. */
  read(text: string, emit: (index: number, value: string) => void, fail: (fault: string) => void): number {
    const { paths, keys } = this
    const open = new Set(paths.keys())
    let readable = 0
    const tell = (index: number, value: Value): void => {
      if ('fault' in value) fail(value.fault)
      else {
        readable++
        emit(index, value.text)
      }
    }
    let level = 0
    for (let i = 0; i < text.length; i++) {
      switch (text.charCodeAt(i)) {
        case OPEN_BRACE:
          level++
          break
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          level--
          break
        case QUOTE: {
          const end = stringEnd(text, i + 1)
          const next = end < 0 ? text.length : skipSpace(text, end + 1)
          if (next >= text.length) return readable
          if (text.charCodeAt(next) !== COLON) {
            i = next - 1
            break
          }
          const key = keyText(text, i + 1, end)
          if (key === undefined) return readable
          i = next
          if (level > this.deepest) break
          if (level < 1) {
            fail(FAULT.json)
            return readable
          }
          keys[level - 1] = key
          for (const index of open) {
            const path = paths[index] as JsonPath
            if (path.length !== level || path[level - 1] !== key || !this.isUnder(path, level)) continue
            open.delete(index)
            tell(index, valueAt(text, skipSpace(text, i + 1)))
          }
          if (open.size === 0) return readable
          break
        }
        case OPEN_BRACKET: {
          if (level < 0) {
            fail(FAULT.json)
            return readable
          }
          const wanted = [...open].filter((index) => {
            const path = paths[index] as JsonPath
            return typeof path[level] === 'number' && this.isUnder(path, level)
          })
          if (wanted.length === 0) {
            const end = blockEnd(text, i, OPEN_BRACKET, CLOSE_BRACKET)
            if (end < 0) return readable
            i = end - 1
            break
          }
          level++
          i = eachElement(text, i, (at, position) => {
            for (const index of wanted) {
              const path = paths[index] as JsonPath
              if (path[level - 1] !== position) continue
              open.delete(index)
              const inside = placeOf(text, at, path.slice(level))
              if (inside >= 0) tell(index, valueAt(text, inside))
            }
          })
          if (open.size === 0) return readable
          break
        }
      }
    }
    return readable
  }

  /** Whether the keys met on the way down are those of the path. */
  private isUnder(path: JsonPath, level: number): boolean {
    for (let i = 0; i < level && i < path.length; i++) if (path[i] !== this.keys[i]) return false
    return path.length >= level
  }
}

/** Visits the elements of an array up to the first that is unreadable; answers the position before what ended it. */
function eachElement(text: string, open: number, visit: (at: number, position: number) => void): number {
  let i = skipSpace(text, open + 1)
  for (let position = 0; i < text.length && text.charCodeAt(i) !== CLOSE_BRACKET; position++) {
    const end = skipValue(text, i)
    if (end < 0) return i - 1
    visit(i, position)
    const next = skipSpace(text, end)
    if (text.charCodeAt(next) !== COMMA) return next - 1
    i = skipSpace(text, next + 1)
  }
  return i - 1
}

/** Where the value at the path inside the value at `at` begins, or -1. */
function placeOf(text: string, at: number, path: JsonPath): number {
  let place = at
  for (const step of path) {
    place = typeof step === 'number' ? elementAt(text, place, step) : memberAt(text, place, step)
    if (place < 0) return -1
  }
  return place
}

function valueAt(text: string, at: number): Value {
  if (at >= text.length) return { fault: FAULT.json }
  switch (text.charCodeAt(at)) {
    case QUOTE: {
      const end = stringEnd(text, at + 1)
      return end < 0 ? { fault: FAULT.string } : { text: jsonStringValue(text, at + 1, end, true) }
    }
    case OPEN_BRACE: {
      const end = blockEnd(text, at, OPEN_BRACE, CLOSE_BRACE)
      return end < 0 ? { fault: FAULT.object } : { text: text.slice(at, end) }
    }
    case OPEN_BRACKET: {
      const end = blockEnd(text, at, OPEN_BRACKET, CLOSE_BRACKET)
      // Escapes of an array's strings are resolved, quotes and all, unlike those of an object's.
      return end < 0 ? { fault: FAULT.array } : { text: jsonStringValue(text, at, end, true) }
    }
    default: {
      const end = tokenEnd(text, at)
      const kind = tokenKind(text, at, end)
      if (kind === 'unknown') return { fault: FAULT.value }
      return { text: kind === 'null' ? '' : text.slice(at, end) }
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
    const found = keyText(text, i + 1, keyEnd) === key
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

/** The key that stands at text[from, to), unescaped; undefined when an escape is bad. */
function keyText(text: string, from: number, to: number): string | undefined {
  for (let i = from; i < to; i++) {
    if (text.charCodeAt(i) === BACKSLASH) return unescapeJson(text.slice(from, to))
  }
  return text.slice(from, to)
}
