import { QueryError } from './error.ts'

/** A place in a query text, counted from 1; columns count Unicode code points, tabs count one. */
export interface LineColumn {
  readonly line: number
  readonly column: number
}

/** The line and column of a UTF-16 offset. Offsets beyond the text mean its end. */
export function lineColumnAt(text: string, offset: number): LineColumn {
  const end = Math.min(offset, text.length)
  let line = 1
  let column = 1
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x0a) {
      line++
      column = 1
    } else if (code < 0xdc00 || code > 0xdfff) {
      // The second half of a surrogate pair belongs to the column of the first.
      column++
    }
  }
  return { line, column }
}

/** A QueryError whose message leads with the place, in the words that LogQL clients know. */
export function queryErrorAt(text: string, offset: number, message: string): QueryError {
  const { line, column } = lineColumnAt(text, offset)
  return new QueryError(`parse error at line ${line}, col ${column}: ${message}`, line, column)
}

/** Length of a text in UTF-8 bytes (a lone surrogate counts as the replacement character would). */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) continue
    if (code < 0x800) bytes += 1
    else if (code < 0xd800 || code > 0xdfff) bytes += 2
    else bytes += 1 // each half of a pair: four bytes for two units
  }
  return bytes
}
