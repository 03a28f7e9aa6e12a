import { ApiError } from '../api/error.ts'

/** Why a request failed, and what the server advises. */
export function wordsOfFault(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error)
  return error.hint === '' ? error.message : `${error.message}. ${error.hint}`
}
