import { END_OF_TIME_SECONDS } from '../../model/batch.ts'
import { metadataName } from '../batch/metadata-name.ts'

/** A record as the plain decoder sees it. */
export interface PlainRecord {
  readonly labels: string
  readonly ns: string
  readonly line: string
  readonly metadata: string
}

/**
 * Loki's JSON push by JSON.parse and the rules written out one by one: what the decoder over bytes must agree with.
 * Returns undefined for a push that must be refused as a whole. Leaves out limits, which the caller switches off.
 */
export function decodePlainly(body: Buffer): PlainRecord[] | undefined {
  let push: unknown
  try {
    push = JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body))
  } catch {
    return undefined
  }
  if (!isObject(push)) return undefined
  const streams = own(push, 'streams') ?? []
  if (!Array.isArray(streams) || streams.length === 0) return undefined
  const records: PlainRecord[] = []
  for (const stream of streams) {
    if (!isObject(stream)) return undefined
    const labels = own(stream, 'stream') ?? {}
    if (!isObject(labels)) return undefined
    const entries = own(stream, 'values') ?? []
    if (!Array.isArray(entries)) return undefined
    const text = canonical(Object.entries(labels))
    for (const entry of entries) {
      if (entry === null) continue
      if (!Array.isArray(entry) || entry.length < 2) return undefined
      const [time, line, metadata] = entry
      if (typeof time !== 'string' || !/^[0-9]+$/.test(time) || BigInt(time).toString().length > 19) return undefined
      if (typeof line !== 'string') return undefined
      if (entry.length > 2) {
        if (!isObject(metadata)) return undefined
        for (const [name, value] of Object.entries(metadata)) {
          if (typeof value !== 'string' || !/[A-Za-z0-9]/.test(name)) return undefined
        }
      }
      records.push({
        labels: text,
        ns: BigInt(time).toString(),
        line: Buffer.from(line).toString(),
        metadata: canonical(Object.entries(metadata ?? {}).map(([name, value]) => [metadataName(name), value])),
      })
    }
  }
  const endNs = BigInt(END_OF_TIME_SECONDS) * 1_000_000_000n
  return records.filter((record) => legalLabels(record.labels) && BigInt(record.ns) < endNs)
}

/** Pairs sorted by name, empty values left out, numbers in one spelling, lone surrogates replaced. */
export function canonical(pairs: readonly (readonly [string, unknown])[]): string {
  const kept = new Map<string, string>()
  for (const [name, value] of pairs) {
    const text = typeof value === 'string' ? spelling(Buffer.from(value).toString()) : JSON.stringify(value)
    kept.set(Buffer.from(name).toString(), Buffer.from(text).toString())
  }
  return JSON.stringify([...kept].filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A label value that is not a string keeps its JSON text, which JSON.parse has lost: compare what it means. */
function spelling(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return text
  }
}

function legalLabels(labels: string): boolean {
  const pairs: [string, string][] = JSON.parse(labels)
  return pairs.length > 0 && pairs.every(([name]) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function own(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}
