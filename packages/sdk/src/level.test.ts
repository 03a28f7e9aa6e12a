import { expect, test } from 'vitest'
import { createHierarchy } from './index.ts'
import { addLevel, levelName, levelValue } from './level.ts'

test.each([
  ['DEBUG', 10],
  ['info', 20],
  [' Warning ', 30],
  ['ERROR', 40],
  ['CRITICAL', 50],
  ['ALL', 0],
  ['NOTSET', 0],
  ['TRACE', 10],
  ['WARN', 30],
  ['FATAL', 50],
  ['OFF', Number.POSITIVE_INFINITY],
  [35, 35],
])('%s is %d', (name, value) => {
  expect(levelValue(name)).toBe(value)
})

test.each(['', 'LOUD', 'constructor', Number.NaN, -1])('%s is none', (name) => {
  expect(() => levelValue(name)).toThrow(RangeError)
})

test('levels of one’s own', () => {
  addLevel('notice', 25)
  addLevel('NOTICE', 25)
  expect([levelValue('notice'), levelName(25), levelName(26)]).toEqual([25, 'NOTICE', 'LEVEL 26'])
  addLevel('TRACE', 5)
  expect(levelName(5)).toBe('TRACE')
  expect(() => addLevel('NOTICE', 26)).toThrow('level NOTICE is 25 already')
  expect(() => addLevel('OTHER', 25)).toThrow('level 25 is called NOTICE already')
  expect(() => addLevel('9LIVES', 9)).toThrow('use letters, digits and _')
  expect(() => addLevel('NONE', 0)).toThrow('above 0 and finite')
  const names: number[] = []
  const { root } = createHierarchy()
  root.setLevel('NOTICE').addHandler({ name: 'l', level: 0, handle: ({ level }) => void names.push(level) })
  root.info('no')
  root.log('notice', 'yes')
  expect(names).toEqual([25])
  root.setLevel('OFF').critical('no')
  expect(names).toEqual([25])
})
