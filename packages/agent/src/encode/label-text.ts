import type { Labels } from '../model/source.ts'

const NAMED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}

/** Names and values, sorted by name as bytes compare. */
export function sortedLabels(labels: Labels): (readonly [name: string, value: string])[] {
  return [...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** `{app="api", host="a"}`: labels as Loki's protobuf carries them, values quoted as Go does. */
export function labelText(labels: Labels): string {
  return `{${sortedLabels(labels)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(', ')}}`
}

function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that need an escape
  const escaped = text.replace(/[\x00-\x1f\x7f"\\]/g, (character) => {
    return NAMED[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return `"${escaped}"`
}

/** Reads what {@link labelText} writes, and any other label text of Loki's without raw strings. Throws RangeError. */
export function parseLabelText(text: string): [name: string, value: string][] {
  const pairs: [string, string][] = []
  const pattern = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|\}\s*$)/gy
  const open = /^\s*\{/.exec(text)?.[0].length
  if (open === undefined) throw new RangeError(`labels ${JSON.stringify(text.slice(0, 100))} do not begin with "{"`)
  if (/^\s*\}\s*$/.test(text.slice(open))) return pairs
  pattern.lastIndex = open
  for (;;) {
    const match = pattern.exec(text)
    if (match === null) throw new RangeError(`labels ${JSON.stringify(text.slice(0, 100))} cannot be read`)
    pairs.push([match[1] as string, unquoted(match[2] as string)])
    if (match[3] !== ',') return pairs
  }
}

const MEANING: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(NAMED).map(([character, written]) => [written, character]),
)

function unquoted(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|.)/g, (written, x, u, long) => {
    const code = x ?? u ?? long
    if (code === undefined) return MEANING[written] ?? written
    const point = Number.parseInt(code, 16)
    return point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point)
  })
}
