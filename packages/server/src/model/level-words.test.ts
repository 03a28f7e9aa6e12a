import { describe, expect, it } from 'vitest'
import { LEVELS } from './level.ts'
import { LEVEL_WORDS, type LevelScale, levelOfNumber, levelOfText, levelOfWord } from './level-words.ts'

describe('level words', () => {
  it('have one meaning each, in any case', () => {
    const words = Object.values(LEVEL_WORDS).flat()
    expect(new Set(words).size).toBe(words.length)
    for (const [level, list] of Object.entries(LEVEL_WORDS)) {
      for (const word of list) expect(LEVELS[levelOfWord(` ${word.toUpperCase()}`)]).toBe(level)
    }
    for (const word of ['', 'unknown', 'constructor', 'levels', 'x'.repeat(1000)]) expect(levelOfWord(word)).toBe(0)
  })
})

describe('level numbers', () => {
  it.each<[LevelScale, Record<string, string>]>([
    [
      'pino',
      {
        10: 'trace',
        20: 'debug',
        30: 'info',
        35: 'info',
        40: 'warn',
        50: 'error',
        60: 'fatal',
        3: 'error',
        101: '',
        8: '',
      },
    ],
    [
      'python',
      {
        10: 'debug',
        20: 'info',
        25: 'info',
        30: 'warn',
        40: 'error',
        50: 'critical',
        60: 'critical',
        0: '',
        5: 'trace',
      },
    ],
    [
      'syslog',
      {
        0: 'fatal',
        1: 'critical',
        2: 'critical',
        3: 'error',
        4: 'warn',
        5: 'info',
        6: 'info',
        7: 'debug',
        8: '',
        1.5: '',
      },
    ],
    [
      'otel',
      {
        1: 'trace',
        4: 'trace',
        5: 'debug',
        9: 'info',
        12: 'info',
        13: 'warn',
        17: 'error',
        21: 'fatal',
        24: 'fatal',
        25: '',
        0: '',
      },
    ],
  ])('%s', (scale, expected) => {
    for (const [number, level] of Object.entries(expected)) {
      expect([number, LEVELS[levelOfNumber(Number(number), scale)]]).toEqual([number, level])
      if (/^\d+$/.test(number)) expect(LEVELS[levelOfText(number, scale)]).toBe(level)
    }
    expect([levelOfNumber(-1, scale), levelOfNumber(Number.NaN, scale), levelOfText('1e1', scale)]).toEqual([0, 0, 0])
  })
})
