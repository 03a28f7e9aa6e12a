import { formatValue } from './format/print-value.ts'
import { GoObject, type Value } from './value.ts'

/** Characters of a struct as a text. */
const MOST_CHARACTERS = 4 * 1024 * 1024

/** A struct of Go. Unlike that of a map, a field that it does not have is a fault of the template, which finds typing errors. */
export class GoStruct extends GoObject {
  readonly typeName: string
  private readonly fields: ReadonlyMap<string, Value>

  constructor(typeName: string, fields: ReadonlyMap<string, Value>) {
    super()
    this.typeName = typeName
    this.fields = fields
  }

  override field(name: string): { readonly value: Value } | undefined {
    return this.fields.has(name) ? { value: this.fields.get(name) } : undefined
  }

  override toString(): string {
    const shown = [...this.fields.values()].map((value) => formatValue(value, { maxOutput: MOST_CHARACTERS }))
    return `{${shown.join(' ')}}`
  }
}
