import { type Labels, sanitizeLabelName, sanitizeNamePart } from '@girok/query'
import type { DetectedField, ResultEntry } from './engine.ts'
import { lineParser } from './line-parser.ts'
import type { Run } from './run/runs.ts'

type Parser = DetectedField['parsers'][number]

interface Found {
  readonly values: Set<string>
  readonly parsers: Set<Parser>
  jsonPath: readonly string[] | undefined
}

/** Names that queries make, not the data. */
const OWN_NAME = /^__(?:error|error_details|preserve_error)__$/

/**
 * The fields of entries: their metadata, what the query's own parsers made, and what parsing the line as JSON, or else as
 * logfmt, gives. At most `limit` fields, the first that appear; in order of name.
 */
export async function detectFields(entries: readonly ResultEntry[], limit: number, run: Run): Promise<DetectedField[]> {
  const fields = new Map<string, Found>()
  const field = (name: string): Found | undefined => {
    const known = fields.get(name)
    if (known || fields.size >= limit || OWN_NAME.test(name)) return known
    const found: Found = { values: new Set(), parsers: new Set(), jsonPath: undefined }
    fields.set(name, found)
    return found
  }
  const parse = parsedBy({ json: lineParser('json'), logfmt: lineParser('logfmt') })
  for (const entry of entries) {
    const pause = run.breathe()
    if (pause) await pause
    for (const [name, value] of entry.metadata) field(name)?.values.add(value)
    for (const [name, value] of entry.parsed) field(name)?.values.add(value)
    const read = parse(entry)
    if (!read) continue
    const [parser, labels] = read
    const paths = parser === 'json' ? jsonPaths(entry) : undefined
    for (const [name, value] of labels) {
      const found = field(name)
      if (!found) continue
      found.values.add(value)
      found.parsers.add(parser)
      found.jsonPath ??= paths?.get(name)
    }
  }
  return [...fields]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { values, parsers, jsonPath }]) => ({
      name,
      type: fieldType(values),
      values,
      parsers: [...parsers],
      ...(jsonPath ? { jsonPath } : {}),
    }))
}

/** What the line is, and its fields; JSON comes before logfmt. */
function parsedBy(parsers: Readonly<Record<Parser, (entry: ResultEntry) => Labels>>) {
  return (entry: ResultEntry): readonly [Parser, Labels] | undefined => {
    if (/^\s*\{/.test(entry.line)) {
      const labels = parsers.json(entry)
      if (!labels.has('__error__')) return ['json', labels]
    }
    const labels: Labels = entry.line.includes('=') ? parsers.logfmt(entry) : new Map()
    return labels.size > 0 && !labels.has('__error__') ? ['logfmt', labels] : undefined
  }
}

/** Where the fields of a line of JSON stand, by the names that parsing gives them. The first of equal names counts. */
function jsonPaths({ line, stream }: ResultEntry): Map<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>()
  const walk = (value: object, prefix: string, path: readonly string[]): void => {
    for (const [key, inner] of Object.entries(value)) {
      const name = prefix === '' ? sanitizeLabelName(key) : `${prefix}_${sanitizeNamePart(key)}`
      const here = [...path, key]
      if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) walk(inner, name, here)
      else {
        const label = stream.has(name) ? `${name}_extracted` : name
        if (!paths.has(label)) paths.set(label, here)
      }
    }
  }
  const value: unknown = readJson(line)
  if (typeof value === 'object' && value !== null) walk(value, '', [])
  return paths
}

/** The parser of queries reads some lines that are not strict JSON; those have no paths. */
function readJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const INT = /^[-+]?\d+$/
const FLOAT = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|inf|infinity|nan)$/i
const BOOLEAN = /^(?:true|True|TRUE|t|T|false|False|FALSE|f|F)$/
const DURATION = /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/
const BYTES = /^([\d.,]+)\s*([kmgtpe]?i?b?)$/i

function typeOf(value: string): DetectedField['type'] {
  if (INT.test(value)) return 'int'
  if (FLOAT.test(value)) return 'float'
  if (BOOLEAN.test(value)) return 'boolean'
  if (DURATION.test(value)) return 'duration'
  return byteCount(value) === undefined ? 'string' : 'bytes'
}

/** The type of all values; whole numbers among others with a fraction are floats. */
function fieldType(values: ReadonlySet<string>): DetectedField['type'] {
  const types = new Set([...values].map(typeOf))
  if (types.size === 1) return [...types][0] ?? 'string'
  return types.size === 2 && types.has('int') && types.has('float') ? 'float' : 'string'
}

const POWERS = ['', 'k', 'm', 'g', 't', 'p', 'e']

function byteCount(value: string): number | undefined {
  const match = BYTES.exec(value)
  if (!match) return undefined
  const [, digits = '', unit = ''] = match
  const number = Number(digits.replaceAll(',', ''))
  const lower = unit.toLowerCase()
  if (Number.isNaN(number) || lower === 'i' || lower === 'ib') return undefined
  const power = POWERS.indexOf(lower.replace(/i?b?$/, ''))
  return Math.floor(number * (lower.includes('i') ? 1024 : 1000) ** power)
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** Sizes as they can stand in a query: `41KB` becomes `41kB`, with two digits at most. Other values stay as they are. */
export function queryableValue(value: string): string {
  const bytes = typeOf(value) === 'bytes' ? byteCount(value) : undefined
  if (bytes === undefined) return value
  if (bytes < 10) return `${bytes}B`
  const power = Math.min(SIZES.length - 1, Math.floor(Math.log(bytes) / Math.log(1000)))
  const scaled = Math.floor((bytes / 1000 ** power) * 10 + 0.5) / 10
  return `${scaled < 10 ? scaled.toFixed(1) : scaled.toFixed(0)}${SIZES[power]}`
}
