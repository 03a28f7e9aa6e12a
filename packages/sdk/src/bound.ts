import type { Fields } from './fields.ts'

/**
 * Fields that every record of a bound logger carries. One object per `with` call, shared by all its records; a formatter
 * keeps its text of the fields here, which is what makes bound fields nearly free.
 */
export interface Bound {
  readonly outer: Bound | undefined
  /** Of this `with` call alone; they win over those of `outer`. */
  readonly own: Fields
  /** Text of all fields, outer ones included, and the formatter that made it. */
  fragment: string
  fragmentBy: unknown
}

/**
 * Binds `fields` inside of `outer`. The copy is shallow and keeps frames apart: merging them into one object took 2 µs
 * (V8 builds a dictionary), more than all eight records of a typical request.
 */
export function bind(outer: Bound | undefined, fields: Fields): Bound {
  return { outer, own: { ...fields }, fragment: '', fragmentBy: undefined }
}

/** All fields of a bound logger in one object, outermost first. */
export function boundFields(bound: Bound): Fields {
  return bound.outer === undefined ? bound.own : { ...boundFields(bound.outer), ...bound.own }
}

const hasOwn = Object.prototype.hasOwnProperty

/** Whether any of `fields` is bound already. */
export function overlaps(bound: Bound, fields: Fields): boolean {
  for (let frame: Bound | undefined = bound; frame !== undefined; frame = frame.outer) {
    for (const key in fields) if (hasOwn.call(frame.own, key)) return true
  }
  return false
}
