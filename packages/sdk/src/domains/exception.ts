import type { Fields } from '../fields.ts'

/** The field `exception` of an error: type, message and traceback, which in JavaScript is the stack. */
export function exceptionField(error: unknown): Fields {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  return { type: error.constructor?.name || error.name, message: error.message, traceback: error.stack }
}

/** The fields, with an Error under `exception` made a field that any handler can write. */
export function withException(fields: Fields | undefined): Fields | undefined {
  if (!(fields?.exception instanceof Error)) return fields
  return { ...fields, exception: exceptionField(fields.exception) }
}
