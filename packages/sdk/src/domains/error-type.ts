/** The class of an error, for fields and labels; of anything else that was thrown, its type. */
export function errorType(error: unknown): string {
  return error instanceof Error ? error.constructor?.name || error.name : typeof error
}
