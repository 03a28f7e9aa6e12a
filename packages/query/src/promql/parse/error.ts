import { QueryError } from '../../text/error.ts'
import { lineColumnAt, utf8Length } from '../../text/position.ts'

/**
 * A fault of a PromQL text in the words of Prometheus: `LINE:COLUMN: parse error: …`. The column of the message counts bytes
 * of UTF-8 from 1, as Prometheus does; that of the error object counts code points, as for every QueryError.
 */
export function promErrorAt(text: string, offset: number, message: string): QueryError {
  // Prometheus knows no places in an empty text.
  if (text === '') return new QueryError(`unknown position: parse error: ${message}`, 1, 1)
  const { line, column } = lineColumnAt(text, offset)
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const bytes = utf8Length(text.slice(offset === 0 ? 0 : lineStart, offset)) + 1
  return new QueryError(`${line}:${bytes}: parse error: ${message}`, line, column)
}
