export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The object that a line is; undefined for any other line and for lines longer than `longest` characters. */
export function jsonOf(line: string, longest = 1_000_000): { readonly [key: string]: Json } | undefined {
  const text = line.trimStart()
  if (!text.startsWith('{') || line.length > longest) return undefined
  try {
    const value = JSON.parse(text) as Json
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { [key: string]: Json })
      : undefined
  } catch {
    return undefined
  }
}

/** Name that LogQL's `json` gives to a path: keys joined by `_`, anything else than letters, digits and `_` replaced. */
export function fieldName(path: readonly string[]): string {
  const name = path.join('_').replace(/[^A-Za-z0-9_]/g, '_')
  return /^[0-9]/.test(name) ? `_${name}` : name
}

/** Fields of an object as LogQL's `json` sees them: nested keys joined, arrays and null left out. */
export function flatten(value: { readonly [key: string]: Json }, path: readonly string[] = []): [string, string][] {
  const fields: [string, string][] = []
  for (const [key, child] of Object.entries(value)) {
    const at = [...path, key]
    if (child === null || Array.isArray(child)) continue
    if (typeof child === 'object') fields.push(...flatten(child as { readonly [key: string]: Json }, at))
    else fields.push([fieldName(at), String(child)])
  }
  return fields
}

const pair = /([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|[^\s"]+)/g

/** Pairs of a logfmt line, as long as the line is made of them. */
export function logfmtOf(line: string): [string, string][] {
  const text = line.slice(0, 65_536)
  const fields: [string, string][] = []
  for (const [, key = '', raw = ''] of text.matchAll(pair)) {
    const value = raw.startsWith('"') ? raw.slice(1, -1).replace(/\\(.)/g, '$1') : raw
    fields.push([fieldName([key]), value])
  }
  return fields.length >= 2 ? fields : []
}
