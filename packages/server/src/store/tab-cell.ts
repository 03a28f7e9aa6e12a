const SPECIAL = /[\\\t\n]/g
const SPECIAL_IN_QUOTES = /['\\\t\n]/g
const WRITTEN_AS: Readonly<Record<string, string>> = { "'": "\\'", '\\': '\\\\', '\t': '\\t', '\n': '\\n' }

function escaped(text: string, special: RegExp): string {
  return text.replace(special, (char) => WRITTEN_AS[char] as string)
}

/** A String cell of TabSeparated. */
export function textCell(text: string): string {
  return escaped(text, SPECIAL)
}

/** A `Map(String, String)` cell of TabSeparated. */
export function mapCell(pairs: Iterable<readonly [string, string]>): string {
  const quoted = (text: string): string => `'${escaped(text, SPECIAL_IN_QUOTES)}'`
  return `{${Array.from(pairs, ([name, value]) => `${quoted(name)}:${quoted(value)}`).join(',')}}`
}
