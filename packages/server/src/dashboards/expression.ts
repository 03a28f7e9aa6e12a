/** The regular expressions of Grafana: `/source/flags`, or the source alone. */

/** The expression of a text, as the web app reads it too; undefined when it is none. */
export function expressionOf(text: string): RegExp | undefined {
  const slashed = /^\/(.*)\/([a-z]*)$/s.exec(text)
  try {
    return slashed === null ? new RegExp(text) : new RegExp(slashed[1] ?? '', slashed[2] ?? '')
  } catch {
    return undefined
  }
}

/** A text as an expression that matches it and nothing else. */
export function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/**
 * An expression whose first group is the value: Grafana takes groups named `text` and `value`, in either order, for what is
 * shown and what is meant.
 */
export function valueFirst(text: string): { readonly regex: string; readonly dropsText: boolean } {
  if (!text.includes('(?<value>')) return { regex: text, dropsText: false }
  const regex = text.replaceAll('(?<text>', '(?:').replaceAll('(?<value>', '(')
  return { regex, dropsText: text.includes('(?<text>') }
}
