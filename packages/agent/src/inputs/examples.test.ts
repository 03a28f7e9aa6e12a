import { readdirSync } from 'node:fs'
import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { INPUTS } from './index.ts'

test('every file of the folder is an input of the table, and the other way round', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^[a-z-]+\.ts$/.test(name) && name !== 'index.ts')
  expect(files.map((name) => name.slice(0, -3)).sort()).toEqual(Object.keys(INPUTS).sort())
})

describe.for(Object.keys(INPUTS))('%s', (name) => {
  test('has a name and a summary, and takes its example', async () => {
    const kind = await INPUTS[name]!()
    expect(kind.name).toBe(name)
    expect(kind.summary.length).toBeGreaterThan(10)
    expect(() => parse(kind.options, parseYaml(absolute(kind.example)))).not.toThrow()
  })

  test('refuses a key that does not exist', async () => {
    const kind = await INPUTS[name]!()
    const options = parseYaml(absolute(kind.example)) as object
    expect(() => parse(kind.options, { ...options, nonsense: 1 })).toThrow(/nonsense/)
  })
})

/** Relative paths are made absolute before options are read. */
const absolute = (yaml: string) => yaml.replaceAll(/: (\w[\w-]*\.yml)$/gm, ': /etc/$1')
