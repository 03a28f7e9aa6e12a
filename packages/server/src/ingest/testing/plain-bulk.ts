import { LEVELS } from '../../model/level.ts'
import { LEVEL_FIELDS, levelOfText } from '../../model/level-words.ts'
import { metadataName } from '../batch/metadata-name.ts'
import type { Instant } from '../decode/instant.ts'
import { parseEpoch, parseTime } from '../decode/time-text.ts'
import type { StoredRecord } from './bench-of-receivers.ts'

/** The fields as they are configured; `messages` empty: the line is the document. */
export interface PlainMapping {
  readonly times: readonly string[]
  readonly messages: readonly string[]
  readonly labels: readonly string[]
}

export interface PlainItem {
  readonly action: string
  readonly status: number
  readonly record?: StoredRecord
}

type Tree = Record<string, unknown>

/**
 * A bulk request by splitting at newlines, JSON.parse and the rules written out: what the decoder over bytes must agree
 * with. Undefined for a request that is refused as a whole. Leaves out limits, which the caller switches off, and index
 * names with dates.
 */
export function decodeBulkPlainly(body: Buffer, mapping: PlainMapping, nowMs: number): PlainItem[] | undefined {
  const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body).split('\n')
  if (lines.at(-1) === '') lines.pop()
  const items: PlainItem[] = []
  let documents = 0
  while (lines.length > 0) {
    const line = lines.shift() as string
    if ([...line].every((c) => c <= ' ')) continue
    const action = parse(line)
    if (!isTree(action) || Object.keys(action).length !== 1) return undefined
    const [verb = '', metadata] = Object.entries(action)[0] ?? []
    if (!['index', 'create', 'update', 'delete'].includes(verb) || !isTree(metadata)) return undefined
    const index = own(metadata, '_index') ?? ''
    const id = own(metadata, '_id') ?? ''
    if (typeof index !== 'string' || Buffer.byteLength(index) > 255) return undefined
    if ('_index' in metadata && index === '' && metadata._index !== null) return undefined
    if (typeof id !== 'string' && typeof id !== 'number') return undefined
    if (verb === 'delete') {
      items.push({ action: verb, status: 400 })
      continue
    }
    if (lines.length === 0) return undefined
    const text = (lines.shift() as string).replace(/^[ \t\r]+|[ \t\r]+$/g, '')
    if (verb === 'update') {
      items.push({ action: verb, status: 400 })
      continue
    }
    const record = recordOf(text, index, mapping, nowMs, documents++)
    items.push(record === undefined ? { action: verb, status: 400 } : { action: verb, status: 201, record })
  }
  return items.length === 0 ? undefined : items
}

function recordOf(
  text: string,
  index: string,
  { times, messages, labels }: PlainMapping,
  nowMs: number,
  number: number,
): StoredRecord | undefined {
  const document = parse(text)
  if (!isTree(document)) return undefined
  let time: Instant | undefined
  let timeField = ''
  for (const [rank, field] of times.entries()) {
    const value = fieldOf(document, field)
    if (value === undefined || value === '' || value === '0' || value === 0) continue
    time =
      typeof value === 'string' ? parseTime(value) : typeof value === 'number' ? parseEpoch(String(value)) : undefined
    if (time === undefined && rank === 0) return undefined
    timeField = field
    if (time !== undefined) break
  }
  const arrival = BigInt(nowMs) * 1_000_000n + BigInt(number)
  const ns = time === undefined ? arrival : BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanos)
  const pairs: [string, string][] = index === '' ? [] : [['index', index]]
  for (const field of labels) {
    const value = fieldOf(document, field)
    if (value === undefined || typeof value === 'object' || value === '') continue
    pairs.push([metadataName(field).replace(/^key_(?=\d)/, '_'), well(String(value))])
  }
  if (pairs.length === 0) pairs.push(['service_name', 'unknown_service'])
  const levelField = [...LEVEL_FIELDS.keys()].find((field) => fieldOf(document, field) !== undefined) ?? ''
  const levelText = JSON.stringify(fieldOf(document, levelField) ?? '')
  const scale = LEVEL_FIELDS.get(levelField)
  const level = scale ? levelOfText(levelText.replace(/^"|"$/g, ''), scale) : 0
  const base = {
    labels: Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1))),
    ns: ns.toString(),
    level: LEVELS[level] as string,
  }
  const messageField = messages.find((field) => fieldOf(document, field) !== undefined)
  if (messageField === undefined) return { ...base, line: text }
  const message = fieldOf(document, messageField)
  const used = new Set([
    messageField,
    ...(time === undefined ? [] : [timeField]),
    ...(level > 0 ? [levelField] : []),
    ...labels.filter((field) => typeof fieldOf(document, field) !== 'object'),
  ])
  const metadata = new Map<string, string>()
  flatten(
    document,
    '',
    [...used].map((field) => pathOf(document, field)).filter((path) => path !== ''),
    metadata,
  )
  const line = typeof message === 'string' ? well(message) : JSON.stringify(message)
  return metadata.size === 0 ? { ...base, line } : { ...base, line, metadata: Object.fromEntries(metadata) }
}

/** Keys that lead to a field: the first parts as objects, the rest as one name; the fewest objects first. */
function pathOf(document: Tree, field: string): string {
  const parts = field.split('.')
  for (let depth = 0; depth < parts.length; depth++) {
    const path = [...parts.slice(0, depth), parts.slice(depth).join('.')]
    let value: unknown = document
    for (const key of path) value = isTree(value) ? own(value, key) : undefined
    if (value !== undefined && value !== null) return path.join('\0')
  }
  return ''
}

function fieldOf(document: Tree, field: string): unknown {
  const path = pathOf(document, field)
  if (path === '') return undefined
  return path.split('\0').reduce<unknown>((value, key) => own(value as Tree, key), document)
}

function flatten(tree: Tree, prefix: string, used: readonly string[], into: Map<string, string>): void {
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix + key
    if (used.includes(path) || value === null || value === '') continue
    if (isTree(value)) flatten(value, `${path}\0`, used, into)
    else if (/[A-Za-z0-9]/.test(path)) {
      const text = typeof value === 'string' ? well(value) : JSON.stringify(value)
      into.set(metadataName(path.replaceAll('\0', '.')), text)
    }
  }
}

/** Lone surrogates become U+FFFD. */
function well(text: string): string {
  return Buffer.from(text).toString()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function own(tree: Tree, name: string): unknown {
  return Object.hasOwn(tree, name) ? tree[name] : undefined
}
