import { sqlString } from '../../store/literal.ts'

/**
 * Pieces of a field's name that must stand in a line for a parser to make this label: it joins nested keys and replaces
 * odd characters by `_`, so only what is between underscores is sure. Undefined for names that SQL should leave alone.
 */
export function nameParts(name: string): readonly string[] | undefined {
  const parts = [...new Set(name.split('_').filter((part) => part !== ''))]
  return parts.length > 0 ? parts : undefined
}

/**
 * SQL for "a field of the line may have this value": the value stands there as it is, or something stands there that
 * could be an escaped form of it. Undefined when that says nothing.
 */
export function textMayAppear(value: string): string | undefined {
  // Characters that JSON or logfmt write with a backslash.
  if (/["\\\p{Cc}]/u.test(value)) return undefined
  const forms = [value, '\\u00']
  if (value.includes('/')) forms.push('\\/')
  if (value.includes("'")) forms.push("\\'")
  // Parsers make a space of what is no character.
  if (value.includes(' ')) forms.push('\uFFFD', '\\u')
  if (/[^\0-\x7f]/.test(value)) forms.push('\\u')
  return `(${forms.map((form) => `position(line, ${sqlString(form)}) > 0`).join(' OR ')})`
}
