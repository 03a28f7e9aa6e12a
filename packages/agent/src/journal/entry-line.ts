import type { Labels, SourceLine } from '../model/source.ts'
import type { JournalEntry } from './export-format.ts'

/** Longer metadata is cut: it is meant to be short, and stores bound it. Characters. */
const MAX_METADATA = 4096
/** Distinct sets of labels that are remembered; then all are forgotten. */
const MAX_SETS = 10_000

/** By PRIORITY (syslog's severity), as Girok's syslog receiver calls levels. */
const LEVELS = ['fatal', 'critical', 'critical', 'error', 'warn', 'info', 'info', 'debug'] as const
/** As Promtail calls them in `__journal_priority_keyword`. */
const KEYWORDS = ['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'] as const

export interface EntryLineOptions {
  /** The line is a JSON object of all fields instead of MESSAGE. */
  readonly json: boolean
  readonly labels: Labels
  /** Makes labels from those above and `__journal_…`; undefined drops the entry. Without it `unit` is added. */
  readonly relabel: ((labels: Labels) => ReadonlyMap<string, string> | undefined) | undefined
}

/** A line of an entry; undefined when relabelling drops it. */
export function createEntryLine(options: EntryLineOptions): (entry: JournalEntry) => SourceLine | undefined {
  const { json, relabel } = options
  const sets = new Map<string, Labels>()
  const once = (key: string, make: () => Labels): Labels => {
    let labels = sets.get(key)
    if (labels === undefined) {
      if (sets.size >= MAX_SETS) sets.clear()
      labels = make()
      sets.set(key, labels)
    }
    return labels
  }
  const labelsOf = (entry: JournalEntry, unit: string | undefined): Labels | undefined => {
    if (relabel === undefined) {
      return once(
        unit ?? '',
        () => new Map([...(unit === undefined ? [] : [['unit', unit] as const]), ...options.labels]),
      )
    }
    const given = relabel(journalLabels(options.labels, entry))
    if (given === undefined) return undefined
    const kept = [...given].filter(([name]) => !name.startsWith('__')).sort(([a], [b]) => (a < b ? -1 : 1))
    return kept.length === 0 ? undefined : once(JSON.stringify(kept), () => new Map(kept))
  }
  return (entry) => {
    const unit = fieldOf(entry, '_SYSTEMD_UNIT')
    const family = unit === undefined ? undefined : unitFamily(unit)
    const labels = labelsOf(entry, family)
    if (labels === undefined) return undefined
    const message = entry.find(({ name }) => name === 'MESSAGE')
    const asJson = json || message === undefined
    const time = fieldOf(entry, '__REALTIME_TIMESTAMP') ?? ''
    return {
      text: asJson ? jsonOf(entry) : message.value,
      labels,
      metadata: metadataOf(entry, asJson, relabel === undefined && family === unit),
      ...(/^\d{1,16}$/.test(time) && { timeNs: BigInt(time) * 1000n }),
    }
  }
}

export function fieldOf(entry: JournalEntry, name: string): string | undefined {
  return entry.find((field) => field.name === name)?.value
}

/**
 * The unit as a label: what systemd names anew each time (sessions, transient units, containers, core dumps) goes by one
 * name, because each value of a label is a stream of its own.
 */
export function unitFamily(unit: string): string {
  return unit
    .replace(/^(session|run)-.*(\.(?:scope|service|mount|socket|timer))$/, '$1$2')
    .replace(/[-:]?[0-9a-f]{16,}(?=\.)/, '')
    .replace(/@\d+-\d+.*(?=\.service$)/, '@')
}

function journalLabels(fixed: Labels, entry: JournalEntry): Labels {
  const labels = new Map(fixed)
  for (const { name, value } of entry) {
    if (!name.startsWith('__')) labels.set(`__journal_${name.toLowerCase()}`, value)
  }
  const keyword = KEYWORDS[Number(fieldOf(entry, 'PRIORITY') ?? Number.NaN)]
  if (keyword !== undefined) labels.set('__journal_priority_keyword', keyword)
  return labels
}

/**
 * `_PID` is `pid`, `CODE_FILE` is `code_file`. A program may send a PID of its own, which is `field_pid` then: names that
 * begin with an underscore are journald's word. Values of a name that is there more than once stand together.
 */
function metadataOf(entry: JournalEntry, asJson: boolean, unitIsLabel: boolean): [string, string][] {
  const metadata = new Map<string, string>()
  const cut: string[] = []
  const priority = fieldOf(entry, 'PRIORITY')
  const level = LEVELS[Number(priority ?? Number.NaN)]
  if (level !== undefined) metadata.set('level', level)
  const trusted = new Set<string>()
  for (const { name } of entry) if (name.startsWith('_')) trusted.add(name.slice(1))
  for (const { name, value, cutFrom } of entry) {
    if (name.startsWith('__')) continue
    if (name === 'MESSAGE') {
      if (cutFrom !== undefined) metadata.set('_truncated', String(cutFrom))
      continue
    }
    if (asJson || (name === '_SYSTEMD_UNIT' && unitIsLabel)) continue
    const plain = name.replace(/^_+/, '').toLowerCase()
    const own = !name.startsWith('_') && (trusted.has(name) || plain === 'level')
    const key = own ? `field_${plain}` : plain
    const before = metadata.get(key)
    const whole = before === undefined ? value : `${before}, ${value}`
    if (cutFrom !== undefined || whole.length > MAX_METADATA) cut.push(key)
    metadata.set(key, whole.slice(0, MAX_METADATA))
  }
  if (cut.length > 0) metadata.set('_truncated_fields', [...new Set(cut)].join(','))
  return [...metadata]
}

function jsonOf(entry: JournalEntry): string {
  const fields: Record<string, string | string[]> = {}
  for (const { name, value } of entry) {
    if (name.startsWith('__')) continue
    const before = fields[name]
    if (before === undefined) fields[name] = value
    else fields[name] = [...(Array.isArray(before) ? before : [before]), value]
  }
  return JSON.stringify(fields)
}
