/**
 * Parses Prometheus label syntax, `{name="value", other="…"}`, as Loki's protobuf push carries it. Returns the pairs in
 * order, duplicates included, or a text that says what is wrong and at which character. Values take double quotes with
 * Go's escapes, or backquotes without any. Linear in the length of the text.
 */
export function parseLabels(text: string): readonly (readonly [string, string])[] | string {
  const pairs: [string, string][] = []
  let p = space(text, 0)
  if (text[p] !== '{') return `expected "{" at ${p}`
  p = space(text, p + 1)
  while (text[p] !== '}') {
    NAME.lastIndex = p
    const name = NAME.exec(text)?.[0]
    if (name === undefined) return `expected a label name or "}" at ${p}`
    p = space(text, p + name.length)
    if (text[p] !== '=') return `expected "=" after ${name.slice(0, 100)} at ${p}`
    p = space(text, p + 1)
    const value = quoted(text, p)
    if (value === undefined) return `expected a quoted value for ${name.slice(0, 100)} at ${p}`
    pairs.push([name, value.text])
    p = space(text, value.end)
    if (text[p] === ',') p = space(text, p + 1)
    else if (text[p] !== '}') return `expected "," or "}" at ${p}`
  }
  p = space(text, p + 1)
  return p === text.length ? pairs : `unexpected text at ${p}`
}

const NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y
const SPACE = /[ \t\r\n]*/y
const RAW = /`[^`]*`/y
const PLAIN = /[^"\\\n]*/y
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
}
const CODED_ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y

function space(text: string, at: number): number {
  SPACE.lastIndex = at
  SPACE.exec(text)
  return SPACE.lastIndex
}

function quoted(text: string, at: number): { text: string; end: number } | undefined {
  if (text[at] === '`') {
    RAW.lastIndex = at
    const raw = RAW.exec(text)?.[0]
    return raw === undefined ? undefined : { text: raw.slice(1, -1), end: at + raw.length }
  }
  if (text[at] !== '"') return undefined
  // \x and octal escapes name bytes, not characters: collected as bytes and decoded once.
  const parts: Buffer[] = []
  let p = at + 1
  for (;;) {
    PLAIN.lastIndex = p
    const plain = PLAIN.exec(text)![0]
    p += plain.length
    const stop = text[p]
    if (parts.length === 0 && stop === '"') return { text: plain, end: p + 1 }
    parts.push(Buffer.from(plain))
    if (stop === '"') return { text: Buffer.concat(parts).toString(), end: p + 1 }
    if (stop !== '\\') return undefined
    const simple = SIMPLE_ESCAPES[text[p + 1] ?? '']
    if (simple !== undefined) {
      parts.push(Buffer.from(simple))
      p += 2
      continue
    }
    CODED_ESCAPE.lastIndex = p
    const coded = CODED_ESCAPE.exec(text)
    if (coded === null) return undefined
    const [whole, hexByte, shortPoint, longPoint, octalByte] = coded
    const byte = hexByte ? Number.parseInt(hexByte, 16) : octalByte ? Number.parseInt(octalByte, 8) : undefined
    if (byte !== undefined) parts.push(Buffer.of(byte))
    else {
      const point = Number.parseInt(shortPoint ?? longPoint ?? '', 16)
      if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined
      parts.push(Buffer.from(String.fromCodePoint(point)))
    }
    p += whole.length
  }
}
