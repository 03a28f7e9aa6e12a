/** A fault in a query text. `line` and `column` count from 1, in Unicode code points; 0 when the fault has no place. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly line: number
  readonly column: number
  /** `parse`: the grammar or its types; `evaluate`: valid, but the data or a limit forbids the answer. */
  readonly phase: 'parse' | 'evaluate'

  constructor(message: string, line: number, column: number, phase: 'parse' | 'evaluate' = 'parse') {
    super(message)
    this.line = line
    this.column = column
    this.phase = phase
  }
}
