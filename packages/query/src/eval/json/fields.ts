import type { LineState } from '../pipeline/line-state.ts'
import { type NeededLabels, sanitizeLabelName, sanitizeNamePart } from '../pipeline/needed.ts'
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

/** Objects nested deeper than this are passed over: no sensible label name is that long, and the stack is finite. */
const MAX_DEPTH = 128
/** Keys remembered per object; lines with ever new keys must not fill the memory. */
const MAX_KEYS = 2000

interface KeyInfo {
  /** The label's full name; empty when the key gives none. */
  readonly name: string
  readonly wanted: boolean
  /** What an object under this key continues with; undefined when no needed label lies below. */
  readonly below: ObjectKeys | undefined
}

/** What the keys of objects at one place in the document mean. Learnt once, then found by the raw key. */
class ObjectKeys {
  private readonly infos = new Map<string, KeyInfo>()
  private readonly prefix: string
  private readonly needed: NeededLabels | undefined

  constructor(prefix: string, needed: NeededLabels | undefined) {
    this.prefix = prefix
    this.needed = needed
  }

  info(key: string): KeyInfo {
    const known = this.infos.get(key)
    if (known !== undefined) return known
    const name = this.nameOf(key)
    const below = name === '' || this.needed === undefined || this.needed.hasPrefix(name)
    const info: KeyInfo = {
      name,
      wanted: name !== '' && (this.needed === undefined || this.needed.has(name)),
      below: below ? new ObjectKeys(name, this.needed) : undefined,
    }
    if (this.infos.size < MAX_KEYS) this.infos.set(key, info)
    return info
  }

  /** Blank keys add nothing to the path. */
  private nameOf(key: string): string {
    if (this.prefix === '') return sanitizeLabelName(key)
    const part = sanitizeNamePart(key)
    return part === '' ? this.prefix : `${this.prefix}_${part}`
  }
}

/**
 * Reads the fields of a JSON object into labels: nested keys joined by `_`, arrays and nulls passed over, the first of
 * equal names wins. One pass over the text; nothing is built for fields that are not needed. Reading stops at the field that
 * makes all needed ones complete: faults behind it go unseen, as in Loki, where a query fails by what it looks at only.
 */
export class JsonFields {
  private readonly root: ObjectKeys
  private readonly filter: KeyFilter | undefined
  private readonly needed: readonly string[] | undefined
  private state!: LineState
  private text = ''
  private fault = ''
  private replaceInvalid = false
  private escapedKey = false

  constructor(needed: NeededLabels | undefined) {
    this.root = new ObjectKeys('', needed)
    this.needed = needed?.list
    if (needed !== undefined) this.filter = new KeyFilter(needed.names)
  }

  /** Sets the labels; answers why the line is no JSON object, or '' when it is one. Fields before a fault are kept. */
  read(text: string, state: LineState): string {
    this.text = text
    this.state = state
    this.replaceInvalid = text.includes('\ufffd')
    const start = skipSpace(text, 0)
    if (start >= text.length || text.charCodeAt(start) !== OPEN_BRACE) return FAULT.object
    this.fault = ''
    this.object(start, this.root, 0)
    return this.fault
  }

  /** Reads the object whose brace stands at `start`; answers the position behind it, or -1 with `fault` set (or enough read). */
  private object(start: number, keys: ObjectKeys | undefined, depth: number): number {
    const { text } = this
    const filter = depth === 0 ? this.filter : undefined
    let i = skipSpace(text, start + 1)
    for (let atStart = true; ; atStart = false) {
      if (i >= text.length) return this.failAt(atStart ? FAULT.json : FAULT.array)
      const first = text.charCodeAt(i)
      if (first === CLOSE_BRACE) return i + 1
      if (first !== QUOTE) return this.failAt(FAULT.object)
      const keyAt = i + 1
      const keyEnd = this.keyEnd(keyAt)
      if (keyEnd < 0) return this.failAt(FAULT.json)
      i = keyEnd + 1
      if (text.charCodeAt(i) !== COLON) {
        i = skipSpace(text, i)
        if (i >= text.length || text.charCodeAt(i) !== COLON) return this.failAt(FAULT.json)
      }
      i = skipSpace(text, i + 1)
      if (i >= text.length) return this.failAt(FAULT.json)

      let info: KeyInfo | undefined
      if (this.escapedKey) {
        const key = unescapeJson(text.slice(keyAt, keyEnd))
        if (key === undefined) return this.failAt(FAULT.escape)
        info = keys?.info(key)
      } else if (keys !== undefined && (filter === undefined || filter.mayMatter(text, keyAt, keyEnd))) {
        info = keys.info(text.slice(keyAt, keyEnd))
      }
      i = this.value(i, info, depth)
      if (i < 0) return -1

      if (i >= text.length) return this.failAt(FAULT.array)
      let next = text.charCodeAt(i)
      if (next <= 0x20) {
        i = skipSpace(text, i)
        if (i >= text.length) return this.failAt(FAULT.array)
        next = text.charCodeAt(i)
      }
      if (next === CLOSE_BRACE) return i + 1
      if (next !== COMMA) return this.failAt(FAULT.object)
      i++
      if (text.charCodeAt(i) !== QUOTE) i = skipSpace(text, i)
    }
  }

  private value(at: number, info: KeyInfo | undefined, depth: number): number {
    const { text } = this
    const first = text.charCodeAt(at)
    if (first === QUOTE) {
      const end = stringEnd(text, at + 1)
      if (end < 0) return this.failAt(FAULT.string)
      if (!info?.wanted) return end + 1
      this.state.extract(info.name, this.stringValue(at + 1, end))
      return this.hasEnough() ? -1 : end + 1
    }
    if (first === OPEN_BRACE) {
      if (depth >= MAX_DEPTH) {
        const end = blockEnd(text, at, OPEN_BRACE, CLOSE_BRACE)
        return end < 0 ? this.failAt(FAULT.object) : end
      }
      const mark = this.state.mark()
      const end = this.object(at, info?.below, depth + 1)
      // An object that never closes counts as unreadable as a whole: nothing of it is kept.
      if (end < 0 && blockEnd(text, at, OPEN_BRACE, CLOSE_BRACE) < 0) {
        this.state.rollBack(mark)
        this.fault = FAULT.object
      }
      return end
    }
    if (first === OPEN_BRACKET) {
      const end = blockEnd(text, at, OPEN_BRACKET, CLOSE_BRACKET)
      return end < 0 ? this.failAt(FAULT.array) : end
    }
    const end = tokenEnd(text, at)
    const kind = tokenKind(text, at, end)
    if (kind === 'unknown') return this.failAt(FAULT.value)
    if (!info?.wanted || kind === 'null') return end
    this.state.extract(info.name, text.slice(at, end))
    return this.hasEnough() ? -1 : end
  }

  private hasEnough(): boolean {
    return this.needed !== undefined && this.state.hasParsed(this.needed)
  }

  /** As `stringEnd`, noting whether the key has an escape: a bad one is a fault even when nobody needs the field. */
  private keyEnd(at: number): number {
    const { text } = this
    this.escapedKey = false
    for (let i = at; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === QUOTE) return i
      if (code === BACKSLASH) {
        this.escapedKey = true
        i++
      }
    }
    return -1
  }

  private stringValue(from: number, to: number): string {
    return jsonStringValue(this.text, from, to, this.replaceInvalid)
  }

  private failAt(fault: string): -1 {
    this.fault = fault
    return -1
  }
}

/** The text of a string whose content is text[from, to): unescaped, invalid characters as spaces, '' when it is malformed. */
export function jsonStringValue(text: string, from: number, to: number, replaceInvalid: boolean): string {
  let escaped = false
  for (let i = from; i < to; i++) {
    if (text.charCodeAt(i) === BACKSLASH) {
      escaped = true
      break
    }
  }
  const raw = text.slice(from, to)
  if (!escaped) return replaceInvalid ? raw.replaceAll('\ufffd', ' ') : raw
  return unescapeJson(raw)?.replaceAll('\ufffd', ' ') ?? ''
}

const MAX_FILTER_NAMES = 16
const UNDERSCORE = 0x5f

/**
 * Tells most top-level keys that lead to no needed label apart in place, without cutting them out of the line and looking
 * them up: two thirds of the time of a query for one field went there. Errs on the side of yes.
 */
class KeyFilter {
  private readonly names: readonly string[]
  /** Per ASCII code: whether any needed name begins so. Undefined when there are too many names to gain anything. */
  private readonly firsts: Uint8Array | undefined

  constructor(needed: ReadonlySet<string>) {
    // The names of the error labels are never fields.
    this.names = [...needed].filter((name) => !name.startsWith('__'))
    if (this.names.length > MAX_FILTER_NAMES) return
    this.firsts = new Uint8Array(128)
    for (const name of this.names) this.firsts[name.charCodeAt(0) & 0x7f] = 1
  }

  mayMatter(text: string, from: number, to: number): boolean {
    const { firsts, names } = this
    if (firsts === undefined || from === to) return true
    const first = text.charCodeAt(from)
    if (isUnusual(first)) return true
    if (firsts[isDigit(first) ? UNDERSCORE : asLabelCode(first)] === 0) return false
    // A leading digit is moved by the underscore in front of it: too rare to compare.
    if (isDigit(first)) return true
    for (let n = 0; n < names.length; n++) if (leadsTo(names[n] as string, text, from, to)) return true
    return false
  }
}

/** Whether the key is the name or the first part of it; characters that are cleaned up anew count as a yes. */
function leadsTo(name: string, text: string, from: number, to: number): boolean {
  const length = to - from
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(from + i)
    if (isUnusual(code)) return true
    if (asLabelCode(code) !== name.charCodeAt(i)) return false
  }
  return length === name.length || name.charCodeAt(length) === UNDERSCORE
}

/** Blanks, which are trimmed, and characters beyond ASCII, of which two units may become one underscore. */
function isUnusual(code: number): boolean {
  return code <= 0x20 || code > 0x7e
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function asLabelCode(code: number): number {
  const word = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || isDigit(code)
  return word ? code : UNDERSCORE
}
