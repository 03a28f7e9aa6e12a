/** How the values of a variable are written where a text asks for them with `${name:format}`. */
export type ValueFormat = (values: readonly string[], name: string) => string

/** A text that a regular expression (RE2) matches literally. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** Alternatives in one group; a single value needs none. */
export function alternatives(values: readonly string[]): string {
  const escaped = values.map(escapeRegex)
  return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`
}

/** The formats of Grafana by name. */
export const valueFormats: Readonly<Record<string, ValueFormat>> = {
  raw: (values) => values.join(','),
  csv: (values) => values.join(','),
  pipe: (values) => values.join('|'),
  regex: alternatives,
  glob: (values) => (values.length === 1 ? (values[0] ?? '') : `{${values.join(',')}}`),
  json: (values) => JSON.stringify(values.length === 1 ? values[0] : values),
  doublequote: (values) => values.map((value) => `"${value.replaceAll('"', '\\"')}"`).join(','),
  singlequote: (values) => values.map((value) => `'${value.replaceAll("'", "\\'")}'`).join(','),
  sqlstring: (values) => values.map((value) => `'${value.replaceAll("'", "''")}'`).join(','),
  percentencode: (values) => encodeURIComponent(values.length === 1 ? (values[0] ?? '') : `{${values.join(',')}}`),
  queryparam: (values, name) => values.map((value) => `var-${name}=${encodeURIComponent(value)}`).join('&'),
  text: (values) => values.join(' + '),
}
