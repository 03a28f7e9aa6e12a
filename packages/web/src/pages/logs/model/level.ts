import type { Entry } from '../../../api/entry.ts'

export type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'unknown'

/** Most severe first: the order of legends, and of stacking from the bottom. */
export const levels: readonly Level[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'unknown']

/** Shape and word of a level, so that it never rests on colour alone. */
export const levelMarks: Readonly<Record<Level, { readonly glyph: string; readonly word: string }>> = {
  fatal: { glyph: '✕', word: 'FATAL' },
  error: { glyph: '✕', word: 'ERROR' },
  warn: { glyph: '▲', word: 'WARN' },
  info: { glyph: '●', word: 'INFO' },
  debug: { glyph: '○', word: 'DEBUG' },
  trace: { glyph: '·', word: 'TRACE' },
  unknown: { glyph: '·', word: '' },
}

const spellings: Readonly<Record<string, Level>> = {
  fatal: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  alert: 'fatal',
  panic: 'fatal',
  error: 'error',
  err: 'error',
  eror: 'error',
  severe: 'error',
  warn: 'warn',
  warning: 'warn',
  wrn: 'warn',
  info: 'info',
  information: 'info',
  informational: 'info',
  inf: 'info',
  notice: 'info',
  debug: 'debug',
  dbg: 'debug',
  verbose: 'debug',
  trace: 'trace',
  trc: 'trace',
  '60': 'fatal',
  '50': 'error',
  '40': 'warn',
  '30': 'info',
  '20': 'debug',
  '10': 'trace',
}

/** The level that a value of a level field means. */
export function levelOfName(name: string): Level {
  return spellings[name.toLowerCase()] ?? 'unknown'
}

const fields = ['detected_level', 'level', 'severity', 'severity_text', 'lvl', 'log_level']
const inLine =
  /"(?:level|severity|lvl|levelname)"\s*:\s*"?(\w+)|\b(?:level|lvl|severity)=(\w+)|\b(FATAL|CRITICAL|ERROR|WARN(?:ING)?|INFO|DEBUG|TRACE)\b/

/** Level of a record: what the server detected, a level field, or a level word near the start of the line. */
export function levelOf(entry: Entry): Level {
  for (const name of fields) {
    const value = entry.meta[name] ?? entry.parsed[name] ?? entry.labels[name]
    if (value !== undefined && value !== '') {
      const level = levelOfName(value)
      if (level !== 'unknown') return level
      if (name === 'detected_level') return 'unknown'
    }
  }
  const match = inLine.exec(entry.line.slice(0, 512))
  return match === null ? 'unknown' : levelOfName(match[1] ?? match[2] ?? match[3] ?? '')
}
