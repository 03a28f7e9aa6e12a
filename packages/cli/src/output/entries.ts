import { timeText } from '../time.ts'
import { safeText } from './safe.ts'

/** A log line with its labels. */
export interface Entry {
  readonly ns: bigint
  readonly labels: Readonly<Record<string, string>>
  readonly line: string
}

/** Forms of log lines; `raw` is the line alone, for pipes. */
export const ENTRY_FORMS = ['line', 'raw', 'json', 'table', 'csv'] as const
export type EntryForm = (typeof ENTRY_FORMS)[number]

export interface Look {
  readonly colour: boolean
  /** True on a terminal: control characters are shown, not obeyed. */
  readonly terminal: boolean
}

/** Makes text of entries, one after the other; `head` goes first. */
export interface EntryPrinter {
  readonly head: string
  print(entry: Entry): string
}

const PRINTERS: Readonly<Record<EntryForm, (look: Look) => EntryPrinter>> = {
  line: ({ colour, terminal }) => ({
    head: '',
    print({ ns, labels, line }) {
      const shown = terminal ? safeText(line) : line
      const where = terminal ? safeText(labelText(labels)) : labelText(labels)
      if (!colour) return `${timeText(ns)} ${where} ${shown}\n`
      return `${DIM}${timeText(ns)} ${where}${RESET} ${paint(levelOf(labels), shown)}\n`
    },
  }),
  raw: ({ terminal }) => ({ head: '', print: ({ line }) => `${terminal ? safeText(line) : line}\n` }),
  json: () => ({
    head: '',
    print: ({ ns, labels, line }) => `${JSON.stringify({ timestamp: timeText(ns), labels, line })}\n`,
  }),
  table: ({ terminal }) => {
    let width = 20
    return {
      head: `${'TIME'.padEnd(30)}  ${'LABELS'.padEnd(width)}  LINE\n`,
      print({ ns, labels, line }) {
        const where = labelText(labels)
        width = Math.min(Math.max(width, where.length), 60)
        // One row each: a line with line ends in it would break the columns.
        const row = `${timeText(ns).padEnd(30)}  ${where.padEnd(width)}  ${line.replaceAll('\n', '⏎')}`
        return `${terminal ? safeText(row) : row}\n`
      },
    }
  },
  csv: () => ({
    head: 'timestamp,labels,line\r\n',
    print: ({ ns, labels, line }) => csvRow([timeText(ns), labelText(labels), line]),
  }),
}

export function entryPrinter(form: EntryForm, look: Look): EntryPrinter {
  return PRINTERS[form](look)
}

/** `{a="b", c="d"}`, names sorted. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort()
  return `{${names.map((name) => `${name}=${JSON.stringify(labels[name])}`).join(', ')}}`
}

/** One row as RFC 4180 has it. */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`
}

const RESET = '\u001b[0m'
const DIM = '\u001b[2m'
const COLOURS: Readonly<Record<string, string>> = {
  debug: '\u001b[2m',
  trace: '\u001b[2m',
  warn: '\u001b[33m',
  warning: '\u001b[33m',
  error: '\u001b[31m',
  critical: '\u001b[1;31m',
  fatal: '\u001b[1;31m',
}

function levelOf(labels: Readonly<Record<string, string>>): string {
  return (labels.detected_level ?? labels.level ?? '').toLowerCase()
}

function paint(level: string, text: string): string {
  const colour = Object.hasOwn(COLOURS, level) ? COLOURS[level] : undefined
  return colour === undefined ? text : `${colour}${text}${RESET}`
}
