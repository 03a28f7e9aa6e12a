import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { LABEL_RULES, LINE_RULES } from './index.ts'

it('lists every rule of this folder under the name of its file', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((name) => !name.startsWith('index.'))
    .map((name) => name.replace(/\.ts$/, ''))
  expect([...LINE_RULES, ...LABEL_RULES].map(({ name }) => name).sort()).toEqual(files.sort())
})

it('says of every rule what it does', () => {
  for (const { name, summary } of [...LINE_RULES, ...LABEL_RULES]) {
    expect(summary, name).toMatch(/^[A-Z].*\.$/)
  }
})
