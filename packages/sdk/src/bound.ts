import type { Fields } from './record.ts'

/**
 * Fields that every record of a bound logger carries. One object per `with` call, shared by all its records; a formatter
 * keeps its text of the fields here, which is what makes bound fields nearly free.
 */
export interface Bound {
  readonly fields: Fields
  fragment: string
  fragmentBy: unknown
}

/** Fields of `outer` and `fields` together; those of `fields` win. */
export function bind(outer: Bound | undefined, fields: Fields): Bound {
  return {
    fields: outer === undefined ? { ...fields } : { ...outer.fields, ...fields },
    fragment: '',
    fragmentBy: undefined,
  }
}
