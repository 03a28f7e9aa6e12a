/** Name of the label that a field becomes: what is no letter, digit or `_` is `_`, and one stands before a digit. */
export function labelName(field: string): string {
  const name = field.replace(/[^a-zA-Z0-9_]/g, '_')
  return /^[0-9]/.test(name) ? `_${name}` : name
}
