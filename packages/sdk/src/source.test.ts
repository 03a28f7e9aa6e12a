import { describe, expect, test } from 'vitest'
import { createHierarchy, type LogRecord } from './index.ts'
import { callSite, parseStackLine } from './source.ts'

describe('lines of stacks', () => {
  test.each([
    ['    at Shop.pay (file:///app/src/shop.ts:3:9)', '/app/src/shop.ts', 'shop', 'pay', 3],
    ['    at async Shop.pay (/app/shop.mjs:3:9)', '/app/shop.mjs', 'shop', 'pay', 3],
    ['    at /app/a b/main.js:1:2', '/app/a b/main.js', 'main', '<module>', 1],
    ['    at async file:///app/main.ts:7:1', '/app/main.ts', 'main', '<module>', 7],
    ['    at Object.<anonymous> (/app/main.cjs:7:1)', '/app/main.cjs', 'main', '<module>', 7],
    ['    at Object.run [as go] (/app/x.js:5:1)', '/app/x.js', 'x', 'run', 5],
    ['    at new Shop (/app/x.js:5:1)', '/app/x.js', 'x', 'new Shop', 5],
    ['    at <anonymous> (/app/x.js:5:1)', '/app/x.js', 'x', '<anonymous>', 5],
    ['    at pay (C:\\app\\shop.js:12:5)', 'C:\\app\\shop.js', 'shop', 'pay', 12],
    ['    at file:///C:/app/shop.js:12:5', 'C:/app/shop.js', 'shop', '<module>', 12],
    ['    at pay (https://shop.example/js/shop.js:12:5)', 'https://shop.example/js/shop.js', 'shop', 'pay', 12],
    ['pay@https://shop.example/js/shop.js:12:5', 'https://shop.example/js/shop.js', 'shop', 'pay', 12],
    ['@https://shop.example/shop.js:1:5', 'https://shop.example/shop.js', 'shop', '<module>', 1],
    ['    at node:internal/main:3:1', 'node:internal/main', 'internal/main', '<module>', 3],
  ])('%s', (line, path, module, name, number) => {
    const source = parseStackLine(line)
    expect(source).toMatchObject({ path, function: name, line: number })
    if (!path.startsWith('node:')) expect(source?.module).toBe(module)
  })

  test.each(['Error: x', 'Error: at noon (12:30)', '    at Array.map (<anonymous>)', '    at native', ''])(
    '%j is none',
    (line) => {
      expect(parseStackLine(line)).toBeUndefined()
    },
  )
})

test('the caller of a method, of a wrapper, of async code', async () => {
  const records: LogRecord[] = []
  const { root } = createHierarchy()
  root.addHandler({ name: 'l', level: 0, needsSource: callSite, handle: (record) => void records.push(record) })
  class Shop {
    pay() {
      root.warning('m')
    }
  }
  const wrapper = () => root.with({ a: 1 }).error('m')
  async function later() {
    await Promise.resolve()
    root.log('ERROR', 'm')
  }
  new Shop().pay()
  wrapper()
  await later()
  expect(records.map(({ source }) => [source?.file, source?.function])).toEqual([
    ['source.test.ts', 'pay'],
    ['source.test.ts', 'wrapper'],
    ['source.test.ts', 'later'],
  ])
})
