import { ColumnBytes } from './column-bytes.ts'
import { ESCAPED_STRING, FLAT, FLAT_WITH_EMPTY, FlatJsonScanner, MISSING, NUMBER, STRING } from './flat-json.ts'
import { jsonNumber } from './json-number.ts'
import { bytesOf, type NativeColumn } from './native-block.ts'
import { needsQuote, type StoredField } from './stored-fields.ts'

const QUOTE = 0x22

/** Columns of the stored fields of lines, for one block after the other. */
export class FieldColumns {
  readonly #fields: readonly StoredField[]
  readonly #scanner: FlatJsonScanner
  /** By field: the values of those that are numbers, the texts of the others. */
  readonly #numbers: (Float64Array | undefined)[]
  readonly #texts: readonly ColumnBytes[]

  constructor(fields: readonly StoredField[]) {
    this.#fields = fields
    this.#scanner = new FlatJsonScanner(fields.map(({ name }) => name))
    this.#numbers = fields.map(({ kind }) => (kind === 'number' ? new Float64Array(0) : undefined))
    this.#texts = fields.map(() => new ColumnBytes())
  }

  /** Begins a block of at most so many rows. */
  begin(rows: number): void {
    for (let i = 0; i < this.#fields.length; i++) {
      const numbers = this.#numbers[i]
      if (numbers === undefined) this.#texts[i]?.clear()
      else if (numbers.length < rows) this.#numbers[i] = new Float64Array(rows).fill(Number.NaN)
      else numbers.fill(Number.NaN, 0, rows)
    }
  }

  forget(): void {
    for (let i = 0; i < this.#fields.length; i++) {
      this.#texts[i]?.forget()
      if (this.#numbers[i] !== undefined) this.#numbers[i] = new Float64Array(0)
    }
  }

  /** Adds the fields of a line as row `row`, the one after the last, and tells what the line is as JSON. */
  add(bytes: Buffer, start: number, end: number, row: number): number {
    const { shape, from, to } = this.#scanner
    const kind = this.#scanner.scan(bytes, start, end)
    const isFlat = kind === FLAT || kind === FLAT_WITH_EMPTY
    for (let i = 0; i < shape.length; i++) {
      const found = isFlat ? (shape[i] as number) : MISSING
      const numbers = this.#numbers[i]
      if (numbers !== undefined) {
        if (found === NUMBER) numbers[row] = jsonNumber(bytes, from[i] as number, to[i] as number)
      } else if (found === MISSING) (this.#texts[i] as ColumnBytes).empty()
      else addText(this.#texts[i] as ColumnBytes, bytes, from[i] as number, to[i] as number, found)
    }
    return kind
  }

  /** The columns of a block of `rows` rows. */
  columns(rows: number): NativeColumn[] {
    return this.#fields.map(({ column: name }, i) => {
      const numbers = this.#numbers[i]
      if (numbers === undefined) return { name, type: 'String', values: [(this.#texts[i] as ColumnBytes).view] }
      return { name, type: 'Float64', values: [bytesOf(numbers.subarray(0, rows))] }
    })
  }
}

/** The value of a text column: see `needsQuote`. */
function addText(column: ColumnBytes, bytes: Buffer, from: number, to: number, shape: number): void {
  if (shape === ESCAPED_STRING) {
    const text = Buffer.from(JSON.parse(bytes.toString('utf8', from - 1, to + 1)))
    const isQuoted = text.length > 0 && needsQuote(text[0] as number)
    column.text(text, 0, text.length, isQuoted ? QUOTE : undefined)
    return
  }
  const isQuoted = shape === STRING && to > from && needsQuote(bytes[from] as number)
  column.text(bytes, from, to, isQuoted ? QUOTE : undefined)
}
