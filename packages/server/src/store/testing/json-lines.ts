/** Makes lines that are JSON objects, nearly, or not at all, with all that tells parsers apart; some are not valid UTF-8. */
export function jsonLines(seed: number): () => Buffer {
  state = seed || 1
  return line
}

let state = 1
function below(end: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * end)
}
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T

const KEYS = [
  'a',
  'a',
  'level',
  'status_code',
  'status-code',
  'user',
  '_x',
  '__error__',
  '',
  ' level',
  '1st',
  'é',
  'us\\u0065r',
]
const TEXTS = [
  '',
  'x',
  'ERROR',
  '/a/b',
  'say \\"a\\":1',
  'a\\\\',
  '"',
  '\\"',
  '\\u0041',
  '\\ud83d\\ude00',
  '\\ud83d',
  '\\ufffd',
  '\\n',
  'é',
  '日本',
  '😀',
  '\u0000',
  '\t',
  '\ufffd',
  'a\u007f',
  '{',
  '}',
  ',',
  '":',
  '\\/',
  '\\x',
  '\\u12',
  'null',
  '12',
]
const NUMBERS = [
  '0',
  '-0',
  '12',
  '1.5',
  '5e2',
  '5E+02',
  '1e-7',
  '1e999',
  '500.0',
  '01',
  '-',
  '+1',
  '.5',
  '1.',
  '0x1p4',
  '1_0',
  '9007199254740993',
  '123456789012345678',
  '1234567890123456789',
  '18446744073709551616',
  '123456789012345678901234',
  '0.1234567890123456789',
  '1e5x',
  'NaN',
  '179769313486231570000',
  '4.9e-99',
  '2.2250738585072011e-08',
]

function value(depth: number): string {
  const kind = below(20)
  if (kind < 9) return `"${pick(TEXTS)}${below(3) === 0 ? pick(TEXTS) : ''}"`
  if (kind < 15) return below(3) === 0 ? String((below(1e9) - 5e8) / 10 ** below(12)) : pick(NUMBERS)
  if (kind < 17) return pick(['true', 'false', 'null', 'True', 'nul'])
  if (kind < 19) return `[${Array.from({ length: below(3) }, () => value(depth + 1)).join(pick([',', ', ']))}]`
  return depth < 2 ? object(depth + 1) : 'null'
}

function object(depth: number): string {
  const colon = pick([':', ':', ': ', ' :', ':\t', ':\n'])
  const members = Array.from({ length: below(5) }, () => `"${pick(KEYS)}"${colon}${value(depth)}`)
  return `{${members.join(pick([',', ',', ', ', ' ,']))}}`
}

function line(): Buffer {
  const whole = object(0)
  const damage = below(40)
  if (damage === 0) return Buffer.from(whole.slice(0, below(whole.length)))
  if (damage === 1) return Buffer.from(`${whole} tail`)
  if (damage === 2) return Buffer.from(`${pick(['\ufeff', ' ', '\n', '[', 'x'])}${whole}`)
  if (damage === 3) return Buffer.from(`${whole}\n`)
  const bytes = Buffer.from(whole)
  if (damage < 6) bytes[below(bytes.length)] = pick([0xff, 0x80, 0xc0, 0xed, 0xf5, 0x22, 0x5c, 0x00])
  return bytes
}
