import * as v from 'valibot'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { DESTINATIONS } from './index.ts'

it.each(Object.keys(DESTINATIONS))('%s says its name, and opens with its example', async (name) => {
  const kind = await DESTINATIONS[name]!()
  expect(kind.name).toBe(name)
  expect(kind.takes.length).toBeGreaterThan(0)
  const said: unknown[] = []
  const options = v.parse(kind.options, parse(kind.example))
  const destination = kind.open(options, { now: Date.now, log: (...words) => said.push(words) })
  expect(destination.url).toMatch(/^https?:/)
  destination.close()
  expect(said).toEqual([])
  expect(v.safeParse(kind.options, { url: 'http://a', tokens: 'x' }).success).toBe(false)
  expect(v.safeParse(kind.options, { url: 'ftp://a' }).issues?.[0].message).toContain('must be a URL such as')
  expect(v.safeParse(kind.options, { url: 'http://a', headers: { 'a b': 'x' } }).success).toBe(false)
  expect(v.safeParse(kind.options, { url: 'http://a', timeout: '0s' }).success).toBe(false)
})
