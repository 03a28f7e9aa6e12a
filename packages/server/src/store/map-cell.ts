const QUOTED = /['\\\t\n]/g
const QUOTED_AS: Readonly<Record<string, string>> = { "'": "\\'", '\\': '\\\\', '\t': '\\t', '\n': '\\n' }

function quoted(text: string): string {
  return `'${text.replace(QUOTED, (char) => QUOTED_AS[char] as string)}'`
}

/** A `Map(String, String)` cell of TabSeparated. */
export function mapCell(pairs: Iterable<readonly [string, string]>): string {
  return `{${Array.from(pairs, ([name, value]) => `${quoted(name)}:${quoted(value)}`).join(',')}}`
}
