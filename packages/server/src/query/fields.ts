import type { Labels } from '@girok/query'
import type { FieldSummary, FieldsResult, ResultEntry } from './engine.ts'
import { lineParser } from './line-parser.ts'
import type { Run } from './run/runs.ts'

const MOST_TOP_VALUES = 10
/** Names that queries make, not the data. */
const OWN_NAME = /^__/

type Origin = FieldSummary['origin']

interface Tally {
  readonly name: string
  readonly origin: Origin
  count: number
  readonly values: Map<string, number>
}

/**
 * What fields entries have, from labels and metadata and from parsing their lines as JSON or else logfmt. Labels come
 * first, then metadata, then fields of lines; within each the most frequent first.
 */
export async function summarizeFields(entries: readonly ResultEntry[], run: Run): Promise<FieldsResult> {
  const tallies = new Map<string, Tally>()
  const fieldsOf = fieldReader()
  for (const entry of entries) {
    const pause = run.breathe()
    if (pause) await pause
    for (const { origin, fields } of fieldsOf(entry)) tally(tallies, origin, fields)
  }
  const fields = [...tallies.values()].sort(
    (a, b) => ORIGINS.indexOf(a.origin) - ORIGINS.indexOf(b.origin) || b.count - a.count || (a.name < b.name ? -1 : 1),
  )
  return { sampledLines: entries.length, fields: fields.map(summary) }
}

/** Reads what fields an entry has: of its stream, its metadata, and its line as JSON or else logfmt. */
export function fieldReader(): (entry: ResultEntry) => readonly { readonly origin: Origin; readonly fields: Labels }[] {
  const json = lineParser('json')
  const logfmt = lineParser('logfmt')
  return (entry) => {
    const found: { origin: Origin; fields: Labels }[] = [
      { origin: 'label', fields: entry.stream },
      { origin: 'metadata', fields: entry.metadata },
    ]
    if (/^\s*\{/.test(entry.line)) found.push({ origin: 'json', fields: json(entry, entry.metadata) })
    else if (entry.line.includes('=')) found.push({ origin: 'logfmt', fields: logfmt(entry, entry.metadata) })
    return found
  }
}

const ORIGINS: readonly Origin[] = ['label', 'metadata', 'json', 'logfmt']
function tally(tallies: Map<string, Tally>, origin: Origin, labels: Labels): void {
  for (const [name, value] of labels) {
    if (OWN_NAME.test(name)) continue
    const key = `${origin} ${name}`
    let known = tallies.get(key)
    if (!known) {
      known = { name, origin, count: 0, values: new Map() }
      tallies.set(key, known)
    }
    known.count++
    known.values.set(value, (known.values.get(value) ?? 0) + 1)
  }
}

function summary({ name, origin, count, values }: Tally): FieldSummary {
  const commonest = [...values].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
  return {
    name,
    origin,
    type: typeOf([...values.keys()]),
    count,
    cardinality: values.size,
    top: commonest.slice(0, MOST_TOP_VALUES).map(([value, times]) => ({ value, count: times })),
  }
}

const TYPES: readonly (readonly [FieldSummary['type'], RegExp])[] = [
  ['number', /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/],
  ['boolean', /^(?:true|false)$/],
  ['duration', /^[-+]?(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/],
  ['bytes', /^\d+(?:\.\d+)?\s?(?:[kKMGTPE]i?)?[bB]$/],
]

/** The type that every value has. */
function typeOf(values: readonly string[]): FieldSummary['type'] {
  return TYPES.find(([, pattern]) => values.every((value) => pattern.test(value)))?.[0] ?? 'string'
}
