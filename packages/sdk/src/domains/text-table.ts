/** The message that a table of texts makes of a record's fields. A text of the caller's that throws costs no record. */
export function textOf<F>(make: (fields: F) => string, fields: F): string {
  try {
    return make(fields)
  } catch (error) {
    return `[the text of this message failed: ${error instanceof Error ? error.message : String(error)}]`
  }
}
