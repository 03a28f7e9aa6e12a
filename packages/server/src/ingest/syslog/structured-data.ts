import { hasMetadataName, metadataName } from '../batch/metadata-name.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = 0x5b
const CLOSE = 0x5d
const EQUALS = 0x3d
const SPACE = 0x20

/** Names as they are stored, by id and name as they were sent; senders use few. */
const known = new Map<string, Map<string, string>>()
let knownCount = 0
const MAX_KNOWN = 10_000

/** End of the elements `[id name="value" …][…]` that begin at `at`; -1 when they are not well formed. */
export function dataEnd(bytes: Buffer, at: number, end: number): number {
  return walk(bytes, at, end, undefined)
}

/**
 * Gives each parameter of well-formed structured data to `take`: the name under which it is stored (`id_name`, without the
 * enterprise number of the id) and its value without escapes. `encoding`: `latin1` reads ASCII faster.
 */
export function readData(
  bytes: Buffer,
  at: number,
  end: number,
  encoding: 'latin1' | 'utf8',
  take: (name: string, value: string) => void,
): void {
  let lastId = -1
  let id = ''
  let names: Map<string, string> | undefined
  walk(bytes, at, end, (idStart, idEnd, nameStart, nameEnd, valueStart, valueEnd) => {
    if (idStart !== lastId) {
      lastId = idStart
      id = bytes.toString(encoding, idStart, idEnd)
      names = known.get(id)
    }
    const name = bytes.toString(encoding, nameStart, nameEnd)
    const stored = names?.get(name) ?? remember(id, name)
    names ??= known.get(id)
    const value = bytes.toString(encoding, valueStart, valueEnd)
    // Only these three characters are escaped; other backslashes stand for themselves (RFC 5424, 6.3.3).
    take(stored, value.includes('\\') ? value.replace(/\\(["\\\]])/g, '$1') : value)
  })
}

type TakeParameter = (
  idStart: number,
  idEnd: number,
  nameStart: number,
  nameEnd: number,
  valueStart: number,
  valueEnd: number,
) => void

function walk(bytes: Buffer, from: number, end: number, take: TakeParameter | undefined): number {
  let at = from
  while (at < end && bytes[at] === OPEN) {
    const idStart = at + 1
    const idEnd = wordEnd(bytes, idStart, end)
    if (idEnd === idStart) return -1
    at = idEnd
    while (at < end && bytes[at] === SPACE) {
      const nameStart = at + 1
      const nameEnd = wordEnd(bytes, nameStart, end)
      if (nameEnd === nameStart) {
        // A space before the bracket, as some write it.
        if (bytes[nameStart] !== CLOSE) return -1
        at = nameStart
        break
      }
      if (bytes[nameEnd] !== EQUALS || bytes[nameEnd + 1] !== QUOTE) return -1
      const valueEnd = quoteEnd(bytes, nameEnd + 2, end)
      if (valueEnd < 0) return -1
      take?.(idStart, idEnd, nameStart, nameEnd, nameEnd + 2, valueEnd)
      at = valueEnd + 1
    }
    if (at >= end || bytes[at] !== CLOSE) return -1
    at++
  }
  return at
}

/** End of an id or name: any bytes but control characters, space, `=`, `]` and quotes. */
function wordEnd(bytes: Buffer, at: number, end: number): number {
  let p = at
  while (p < end && bytes[p]! > SPACE && bytes[p] !== EQUALS && bytes[p] !== CLOSE && bytes[p] !== QUOTE) p++
  return p
}

/** Where the closing quote stands; -1: nowhere. */
function quoteEnd(bytes: Buffer, at: number, end: number): number {
  for (let p = at; p < end; p++) {
    if (bytes[p] === QUOTE) return p
    // What follows a backslash ends nothing; a `]` should have one before it, but many senders leave it out.
    if (bytes[p] === BACKSLASH) p++
  }
  return -1
}

function remember(id: string, name: string): string {
  const joined = `${id.replace(/@[\d.]*$/, '')}_${name}`
  const stored = hasMetadataName(joined) ? metadataName(joined) : 'structured_data'
  if (id.length + name.length > 256) return stored
  if (knownCount >= MAX_KNOWN) {
    known.clear()
    knownCount = 0
  }
  let names = known.get(id)
  if (names === undefined) {
    names = new Map()
    known.set(id, names)
  }
  names.set(name, stored)
  knownCount++
  return stored
}
