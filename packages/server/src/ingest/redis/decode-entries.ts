import { isUtf8 } from 'node:buffer'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { hasMetadataName, metadataName } from '../batch/metadata-name.ts'
import type { StreamDirectory } from '../batch/stream-directory.ts'
import { validUtf8 } from '../decode/utf8.ts'
import { parseIngestQuery } from '../json/ingest-query.ts'
import { RecordDecoder } from '../json/record-decoder.ts'
import type { IngestLimits } from '../limits.ts'

/** What one element of a list or one entry of a stream holds. */
export interface RedisEntry {
  /** Milliseconds since the epoch, for records that hold no time. */
  readonly timeMs: number
  /** Name, value, name, value …; a list's element is a single value without a name. */
  readonly fields: readonly Buffer[]
}

export interface DecodeOptions {
  readonly tenant: string
  readonly receiver: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
  readonly nowMs: number
  /** The stream's or list's key; a label. */
  readonly key: string
  /** Field that becomes the line; undefined: found by its name. */
  readonly field: string | undefined
}

/** Fields in which producers put a whole record, best first. */
const LINE_FIELDS = ['event', 'log', 'message', 'data', 'line', 'msg']
const NO_QUERY = parseIngestQuery(new URLSearchParams())
const OPEN_BRACE = 0x7b

/**
 * Makes records of entries. The line is the field that holds a JSON object, or the only field when it is called so, or
 * else the entry as a JSON object; other fields become structured metadata. The time is the record's own, or the entry's.
 */
export function decodeEntries(entries: readonly RedisEntry[], options: DecodeOptions): Assembled {
  const { tenant, receiver, limits, nowMs, directory, key, field } = options
  const found = entries.map(({ fields }) => lineOf(fields, field))
  const lines = found.map(({ line }) => (isUtf8(line) ? line : validUtf8(line, 0)))
  const body = Buffer.concat(lines)
  const assembler = new Assembler(tenant, receiver, body, limits, nowMs)
  const decoder = new RecordDecoder(body, assembler, {
    tenant,
    limits,
    directory,
    query: NO_QUERY,
    nowMs,
    labels: [['redis_key', key]],
    nested: 'data',
  })
  let start = 0
  for (const [i, line] of lines.entries()) {
    const end = start + line.length
    decoder.decodeRecord(start, end, { timeMs: entries[i]!.timeMs, metadata: found[i]!.metadata })
    start = end
  }
  decoder.close()
  return assembler.finish()
}

interface Found {
  readonly line: Buffer
  readonly metadata: readonly string[]
}

function lineOf(fields: readonly Buffer[], wanted: string | undefined): Found {
  if (fields.length === 1) return { line: fields[0]!, metadata: [] }
  const names: string[] = []
  for (let i = 0; i < fields.length; i += 2) names.push(fields[i]!.toString())
  const valueAt = (index: number) => fields[2 * index + 1]!
  if (wanted !== undefined) {
    const index = names.indexOf(wanted)
    if (index >= 0) return { line: valueAt(index), metadata: others(fields, names, index) }
  } else {
    for (const name of LINE_FIELDS) {
      const index = names.indexOf(name)
      if (index < 0) continue
      const isWhole = names.length === 1 || valueAt(index)[0] === OPEN_BRACE
      if (isWhole) return { line: valueAt(index), metadata: others(fields, names, index) }
    }
  }
  const document = Object.fromEntries(names.map((name, i) => [name, valueAt(i).toString()]))
  return { line: Buffer.from(JSON.stringify(document)), metadata: [] }
}

function others(fields: readonly Buffer[], names: readonly string[], line: number): string[] {
  const metadata = new Map<string, string>()
  for (const [i, name] of names.entries()) {
    if (i !== line && hasMetadataName(name)) metadata.set(metadataName(name), fields[2 * i + 1]!.toString())
  }
  return [...metadata].flat()
}
