import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ApiContext } from '../route.ts'
import { csvCell } from './export.ts'
import { allRoutes, routeFamilies } from './index.ts'

test('the table lists every family of the folder', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name !== 'index.ts' && !name.endsWith('.test.ts'))
  expect(files.map((name) => name.replace('.ts', '')).sort()).toEqual(Object.keys(routeFamilies).sort())
})

test('no two routes answer the same method of the same path', () => {
  const routes = allRoutes({} as ApiContext)
  const answered = routes.flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`))
  expect(answered).toHaveLength(new Set(answered).size)
  expect(answered.length).toBeGreaterThan(50)
})

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['@x', "'@x"],
  ['-5.25', '-5.25'],
  ['-x', "'-x"],
  ['=a,b', '"\'=a,b"'],
])('the CSV cell of %j', (value, cell) => {
  expect(csvCell(value)).toBe(cell)
})
