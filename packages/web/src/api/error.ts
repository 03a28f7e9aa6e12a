/** A refusal by the server, or no answer at all (`status` 0). `line` and `column` count from 1 when the query is at fault. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly hint: string
  readonly line: number | undefined
  readonly column: number | undefined

  constructor(status: number, message: string, hint = '') {
    super(message)
    this.status = status
    this.hint = hint
    // LogQL says "line 1, col 5", PromQL "1:5: parse error".
    const place = /\bline (\d+), col (\d+)|(\d+):(\d+): parse error/.exec(message)?.filter(Boolean)
    this.line = place === undefined ? undefined : Number(place[1])
    this.column = place === undefined ? undefined : Number(place[2])
  }
}

/** True for the rejection of a request that was cancelled by us. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
