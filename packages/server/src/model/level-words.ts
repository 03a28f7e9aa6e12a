import { LEVELS, type Level } from './level.ts'

/** How programs write the levels, in lower case. Syslog's `notice` is info and its `alert` critical, as they alarm alike. */
export const LEVEL_WORDS: Readonly<Record<Exclude<Level, '' | 'unknown'>, readonly string[]>> = {
  trace: ['trace', 'trc', 't', 'verbose', 'finest', 'finer'],
  debug: ['debug', 'dbg', 'd', 'fine'],
  info: ['info', 'inf', 'i', 'information', 'informational', 'notice', 'log'],
  warn: ['warn', 'warning', 'wrn', 'w'],
  error: ['error', 'err', 'e', 'severe', 'eror'],
  critical: ['critical', 'crit', 'c', 'alert'],
  fatal: ['fatal', 'f', 'panic', 'emerg', 'emergency', 'dpanic'],
}

const LEVEL_OF_WORD = new Map<string, number>()
for (const [level, words] of Object.entries(LEVEL_WORDS)) {
  for (const word of words) LEVEL_OF_WORD.set(word, LEVELS.indexOf(level as Level))
}

/** Index into LEVELS of a level written as a word, in any case; 0 when it is none. */
export function levelOfWord(word: string): number {
  return word.length > 16 ? 0 : (LEVEL_OF_WORD.get(word.trim().toLowerCase()) ?? 0)
}

/**
 * What a number means as a level. `pino`: 10 trace … 60 fatal, and below 10 as syslog; `python`: 10 debug … 50 critical;
 * `syslog`: 0 emergency … 7 debug; `otel`: 1 … 24, four for each of trace, debug, info, warn, error, fatal.
 */
export type LevelScale = 'pino' | 'python' | 'syslog' | 'otel'

const [TRACE, DEBUG, INFO, WARN, ERROR, CRITICAL, FATAL] = [1, 2, 3, 4, 5, 6, 7] as const
const PINO = [0, TRACE, DEBUG, INFO, WARN, ERROR, FATAL]
const PYTHON = [TRACE, DEBUG, INFO, WARN, ERROR, CRITICAL]
const SYSLOG = [FATAL, CRITICAL, CRITICAL, ERROR, WARN, INFO, INFO, DEBUG]
const OTEL = [TRACE, DEBUG, INFO, WARN, ERROR, FATAL]

/** Index into LEVELS of a level written as a number; 0 when the scale has no such number. */
export function levelOfNumber(value: number, scale: LevelScale): number {
  if (!Number.isFinite(value) || value < 0) return 0
  if (scale === 'otel') return value < 1 ? 0 : (OTEL[Math.floor((value - 1) / 4)] ?? 0)
  if (scale === 'python') return value === 0 ? 0 : (PYTHON[Math.min(5, Math.floor(value / 10))] ?? 0)
  if (scale === 'pino' && value >= 10) return value > 100 ? 0 : (PINO[Math.min(6, Math.floor(value / 10))] ?? 0)
  return Number.isInteger(value) ? (SYSLOG[value] ?? 0) : 0
}

/** Fields that carry a level, in lower case, best first, and the scale of their numbers. */
export const LEVEL_FIELDS: ReadonlyMap<string, LevelScale> = new Map([
  ['level', 'pino'],
  ['lvl', 'pino'],
  ['severity', 'pino'],
  ['loglevel', 'pino'],
  ['log_level', 'pino'],
  ['log.level', 'pino'],
  ['levelname', 'pino'],
  ['level_name', 'pino'],
  ['levelno', 'python'],
  ['severity_text', 'pino'],
  ['severitytext', 'pino'],
  ['severity_number', 'otel'],
  ['severitynumber', 'otel'],
])

/** Index into LEVELS of the text of a level field, word or number; 0 when it is none. */
export function levelOfText(text: string, scale: LevelScale): number {
  const word = levelOfWord(text)
  if (word !== 0) return word
  return /^\d{1,3}$/.test(text) ? levelOfNumber(Number(text), scale) : 0
}
