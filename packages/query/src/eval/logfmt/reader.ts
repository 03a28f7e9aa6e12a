import { utf8Length } from '../../text/position.ts'

const QUOTE = 0x22
const EQUALS = 0x3d
const BACKSLASH = 0x5c

/**
 * Reads `key=value` pairs of a line one after the other. A faulty pair leaves `fault` set and is skipped up to the next
 * blank; whether that ends the line is the caller's choice.
 */
export class LogfmtReader {
  key = ''
  value = ''
  /** Why the last pair is unusable, with its position (from 1, in UTF-8 bytes); '' when it is fine. */
  fault = ''
  private text = ''
  private at = 0

  start(text: string): void {
    this.text = text
    this.at = 0
    this.fault = ''
  }

  /** Moves to the next pair; false at the end of the line. */
  next(): boolean {
    const { text } = this
    this.fault = ''
    this.value = ''
    let i = this.at
    while (i < text.length && text.charCodeAt(i) <= 0x20) i++
    if (i >= text.length) {
      this.at = i
      return false
    }
    const keyAt = i
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code <= 0x20 || code === EQUALS) break
      if (code === QUOTE) return this.unexpected(i)
    }
    if (text.charCodeAt(i) === EQUALS && i === keyAt) return this.unexpected(i)
    this.key = text.slice(keyAt, i)
    this.at = i
    if (text.charCodeAt(i) !== EQUALS) return true
    return this.readValue(i + 1)
  }

  private readValue(from: number): boolean {
    const { text } = this
    if (text.charCodeAt(from) === QUOTE) return this.readQuoted(from)
    let i = from
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code <= 0x20) break
      if (code === EQUALS || code === QUOTE) return this.unexpected(i)
    }
    this.value = text.slice(from, i)
    this.at = i
    return true
  }

  private readQuoted(from: number): boolean {
    const { text } = this
    let escaped = false
    for (let i = from + 1; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === BACKSLASH) {
        escaped = true
        i++
      } else if (code === QUOTE) {
        this.at = i + 1
        const raw = text.slice(from + 1, i)
        if (!escaped) this.value = raw
        else {
          const value = unquote(raw)
          if (value === undefined) this.fault = faultAt(text, this.at, 'invalid quoted value')
          else this.value = value
        }
        return true
      }
    }
    this.at = text.length
    this.fault = faultAt(text, text.length, 'unterminated quoted value')
    return true
  }

  private unexpected(at: number): boolean {
    const { text } = this
    this.fault = faultAt(text, at, `unexpected '${text[at]}'`)
    let i = at
    while (i < text.length && text.charCodeAt(i) > 0x20) i++
    this.at = i
    return true
  }
}

function faultAt(text: string, at: number, what: string): string {
  return `logfmt syntax error at pos ${utf8Length(text.slice(0, at)) + 1} : ${what}`
}

const ESCAPE = /\\(?:u([\da-fA-F]{4})|(["\\/'bfnrt])|([\s\S]?))/g
const MEANINGS: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function unquote(raw: string): string | undefined {
  let valid = true
  const value = raw.replace(ESCAPE, (_all, hex: string | undefined, simple: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (simple !== undefined) return MEANINGS[simple] ?? simple
    valid = false
    return ''
  })
  return valid ? value : undefined
}
