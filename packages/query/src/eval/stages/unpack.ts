import { jsonStringValue } from '../json/fields.ts'
import * as scan from '../json/scan.ts'
import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA } from '../json/scan.ts'
import { sanitizeLabelName } from '../pipeline/needed.ts'
import { failParse, JSON_ERROR } from './parser-error.ts'
import { hasAllNeeded, type StageCompiler } from './stage.ts'

const PACKED_LINE_KEY = '_entry'

/** `unpack`: string members of a packed line become labels and `_entry` the line; other objects are left alone. */
export const compileUnpack: StageCompiler<'unpack'> = (_stage, context) => (state) => {
  const { line } = state
  if (line === '') return true
  const members = line[0] === '{' ? stringMembers(line) : 'expecting json object(6), but it is not'
  if (typeof members === 'string') {
    if (!hasAllNeeded(state, context)) failParse(state, context, JSON_ERROR, members)
    return true
  }
  const packed = members.find(([key]) => key === PACKED_LINE_KEY)
  if (packed === undefined) return true
  for (const [key, value] of members) {
    if (key === PACKED_LINE_KEY) state.line = value
    else {
      const name = sanitizeLabelName(key)
      if (context.needed === undefined || context.needed.has(name)) state.extract(name, value)
    }
  }
  return true
}

/** The string-valued members of the object, or why the text is none. */
function stringMembers(text: string): [string, string][] | string {
  const members: [string, string][] = []
  let i = scan.skipSpace(text, 1)
  for (let atStart = true; ; atStart = false) {
    if (i >= text.length) return atStart ? scan.FAULT.json : scan.FAULT.array
    if (text.charCodeAt(i) === CLOSE_BRACE) return members
    if (text.charCodeAt(i) !== scan.QUOTE) return scan.FAULT.object
    const keyEnd = scan.stringEnd(text, i + 1)
    if (keyEnd < 0) return scan.FAULT.json
    const key = scan.unescapeJson(text.slice(i + 1, keyEnd))
    if (key === undefined) return scan.FAULT.escape
    i = scan.skipSpace(text, keyEnd + 1)
    if (text.charCodeAt(i) !== COLON) return scan.FAULT.json
    i = scan.skipSpace(text, i + 1)
    if (i >= text.length) return scan.FAULT.json
    const first = text.charCodeAt(i)
    let end: number
    if (first === scan.QUOTE) {
      end = scan.stringEnd(text, i + 1)
      if (end < 0) return scan.FAULT.string
      members.push([key, jsonStringValue(text, i + 1, end, true)])
      end++
    } else if (first === scan.OPEN_BRACE) {
      end = scan.blockEnd(text, i, scan.OPEN_BRACE, CLOSE_BRACE)
      if (end < 0) return scan.FAULT.object
    } else if (first === scan.OPEN_BRACKET) {
      end = scan.blockEnd(text, i, scan.OPEN_BRACKET, CLOSE_BRACKET)
      if (end < 0) return scan.FAULT.array
    } else {
      end = scan.tokenEnd(text, i)
      if (scan.tokenKind(text, i, end) === 'unknown') return scan.FAULT.value
    }
    i = scan.skipSpace(text, end)
    if (i >= text.length) return scan.FAULT.array
    if (text.charCodeAt(i) === CLOSE_BRACE) return members
    if (text.charCodeAt(i) !== COMMA) return scan.FAULT.object
    i = scan.skipSpace(text, i + 1)
  }
}
