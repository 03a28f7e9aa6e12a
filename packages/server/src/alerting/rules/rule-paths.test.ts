import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRuleFiles } from './rule-paths.ts'

const folder = mkdtempSync(join(tmpdir(), 'girok-rule-paths-'))
const NAMES = ['a.yaml', 'a+b.yaml', 'b.yaml', 'b.yml', '.hidden.yaml']

beforeAll(() => {
  for (const name of NAMES) writeFileSync(join(folder, name), name)
  writeFileSync(join(folder, 'latin1.txt'), Buffer.from([0x61, 0xe9, 0x0a]))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['*.yaml', ['a+b.yaml', 'a.yaml', 'b.yaml']],
  ['?.y*', ['a.yaml', 'b.yaml', 'b.yml']],
  ['[ab].yaml', ['a.yaml', 'b.yaml']],
  ['[^a]*.yaml', ['b.yaml']],
  ['a+b.yaml', ['a+b.yaml']],
  ['*.json', []],
])('%s', (pattern, expected) => {
  const { files, faults } = findRuleFiles([pattern], folder)
  expect(faults).toEqual([])
  expect(files.map(({ text }) => text)).toEqual(expected)
})

test('a file that is not there, and one that is not UTF-8, are faults', () => {
  expect(findRuleFiles(['none.yaml', 'latin1.txt'], folder).faults).toEqual([
    `cannot read the rule file ${join(folder, 'latin1.txt')}: it is not UTF-8`,
    `cannot read the rule file ${join(folder, 'none.yaml')}: no such file`,
  ])
})
