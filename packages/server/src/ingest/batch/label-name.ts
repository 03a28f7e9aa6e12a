/** Name of the label that a field becomes: `_` for all that is no letter, digit or `_`, and before a digit at its start. */
export function labelName(field: string): string {
  const name = field.replace(/[^a-zA-Z0-9_]/g, '_')
  return /^[0-9]/.test(name) ? `_${name}` : name
}
