import type { Fields } from '../fields.ts'
import { readField } from '../fields.ts'
import { JsonFields } from './json-fields.ts'
import { errorText } from './value.ts'

/** Fields of which one, the error of the record, has a place and a form of its own. See JsonOptions.exceptionKey. */
export class JsonExceptionFields extends JsonFields {
  readonly #key: string

  constructor(reserved: readonly string[], key: string) {
    super([...reserved, key], ['error'])
    this.#key = key
  }

  protected override oddText(fields: Fields): string {
    const name = [this.#key, 'error'].find(
      (one) => Object.hasOwn(fields, one) && readField(fields, one) instanceof Error,
    )
    if (name === undefined) return super.oddText(fields)
    const { [name]: error, ...others } = fields
    return `${super.oddText(others)},${JSON.stringify(this.#key)}:${errorText(error as Error, 'traceback')}`
  }
}
