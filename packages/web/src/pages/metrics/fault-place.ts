import { ApiError } from '../../api/error.ts'

/** PromQL's errors count the bytes of a line; the page counts its characters. Both from 1. */
export function characterColumn(line: string, byteColumn: number): number {
  const encoder = new TextEncoder()
  let [column, bytes] = [1, 1]
  for (const char of line) {
    if (bytes >= byteColumn) break
    bytes += encoder.encode(char).length
    column += 1
  }
  return column
}

/** The error as the editor tells it, with its place in characters of the query, to be underlined there. */
export function faultInCharacters(error: ApiError, query: string): ApiError {
  const { line, column } = error
  if (line === undefined || column === undefined) return error
  const message = error.message.replace(/^invalid parameter "query": /, '')
  const moved = characterColumn(query.split('\n')[line - 1] ?? '', column)
  return Object.assign(new ApiError(error.status, message, error.hint), { line, column: moved })
}
