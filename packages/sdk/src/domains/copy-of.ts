import { type Fields, mergeFields } from '../fields.ts'

/**
 * A copy of the fields that a caller gave, with `more` over them. Never throws: a getter that does costs only itself, and
 * callers without types may give nothing at all.
 */
export function copyOf<F extends Fields>(fields: F, more?: Fields): F {
  try {
    return { ...fields, ...more }
  } catch {
    return slowly(fields, more) as F
  }
}

function slowly(fields: Fields, more: Fields | undefined): Fields {
  try {
    return mergeFields(fields, more)
  } catch {
    // A proxy that does not even tell its keys.
    return { ...more, fields: '[threw while they were read]' }
  }
}
