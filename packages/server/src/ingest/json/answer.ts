import { ERROR_CODES } from '../../model/errors.ts'
import type { RefusalReason, Refusals } from '../batch/refusals.ts'
import type { RenderError } from '../intake.ts'

export const JSON_TYPE = 'application/json; charset=utf-8'

/** Errors in Girok's own form: `{"error":{"code","message","hint"}}`. */
export const renderJsonError: RenderError = ({ code, message }) => ({
  body: JSON.stringify({ error: { code, message, hint: ERROR_CODES[code].hint } }),
  contentType: JSON_TYPE,
})

/** What was refused of a request whose rest is stored, for the member `errors` of an answer. */
export function refusalsTold(refusals: Refusals): { reason: RefusalReason; count: number; message: string }[] {
  return [...refusals.groups()].map(({ reason, count, example }) => ({ reason, count, message: example }))
}
