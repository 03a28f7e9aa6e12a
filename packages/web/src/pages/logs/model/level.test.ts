import { describe, expect, it } from 'vitest'
import { type Entry, noLabels } from '../../../api/entry.ts'
import { type Level, levelMarks, levelOf, levels } from './level.ts'

const entry = (line: string, meta: Record<string, string> = {}, labels: Record<string, string> = {}): Entry => ({
  ts: '1',
  line,
  labels,
  meta,
  parsed: noLabels,
})

describe('levelOf', () => {
  it.each<[Entry, Level]>([
    [entry('ERROR said the line', { detected_level: 'info' }), 'info'],
    [entry('ERROR said the line', { detected_level: 'unknown' }), 'unknown'],
    [entry('x', {}, { level: 'WARNING' }), 'warn'],
    [entry('x', { severity: 'Critical' }), 'fatal'],
    [entry('{"level":"error"}'), 'error'],
    [entry('{"level":50,"msg":"pino"}'), 'error'],
    [entry('ts=1 level=debug msg=x'), 'debug'],
    [entry('2026-01-01 12:00:00 WARN disk'), 'warn'],
    [entry('nothing here about informers'), 'unknown'],
    [entry('한국어 로그'), 'unknown'],
    [entry(`${'x'.repeat(600)} ERROR`), 'unknown'],
  ])('%o is %s', (one, level) => {
    expect(levelOf(one)).toBe(level)
  })

  it('has a mark for each level, and tells the loud ones apart without colour', () => {
    expect(Object.keys(levelMarks).sort()).toEqual([...levels].sort())
    const marks = levels.map((level) => levelMarks[level].glyph + levelMarks[level].word)
    expect(new Set(marks).size).toBe(levels.length)
  })
})
