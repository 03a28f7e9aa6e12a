import { parse } from 'valibot'
import { expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { INPUTS } from './index.ts'

const NAMES = ['host', 'gpu', 'journald', 'stdin', 'command', 'postgres', 'mysql'] as const

test.for(NAMES)('%s: the example is taken, and a key that does not exist is refused', async (name) => {
  const kind = await INPUTS[name]?.()
  expect(kind?.name).toBe(name)
  const options = parseYaml(kind?.example ?? '') as object
  expect(Object.keys(options).length).toBeGreaterThan(0)
  expect(() => parse(kind?.options as never, options)).not.toThrow()
  expect(() => parse(kind?.options as never, { ...options, nonsense: 1 })).toThrow(/nonsense/)
})
