import type { Diagnostic } from '@codemirror/lint'

/** UTF-16 offset of a place counted from 1 in code points. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let at = 1; at < line; at += 1) {
    const end = text.indexOf('\n', start)
    if (end < 0) break
    start = end + 1
  }
  let offset = start
  for (let at = 1; at < column && offset < text.length; at += 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1
  }
  return offset
}

/** A fault at the word at a place (from 1, in code points); a fault without a place, `line` 0, is the whole text's. */
export function underlined(text: string, message: string, line: number, column: number): Diagnostic {
  const from = line > 0 ? offsetOf(text, line, column) : 0
  const word = /^[\p{L}\p{N}_]+|^\S/u.exec(text.slice(from))?.[0].length ?? 0
  // A fault at the end of the text underlines what stands before it: nothing can be underlined behind it.
  const start = word === 0 ? Math.max(0, text.trimEnd().length - 1) : from
  const end = line > 0 ? start + Math.max(1, word) : text.length
  return { from: start, to: Math.min(text.length, end), severity: 'error', message }
}
