import type { Entry } from '../../../api/entry.ts'
import { type Level, levelOfName } from '../../../level/names.ts'

export { type Level, levelOfName, levels } from '../../../level/names.ts'

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
