import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { configReference, describeConfig, loadConfig, printConfig, redactConfig } from './index.ts'

const config = (set: string[] = []) => loadConfig({ cwd: import.meta.dirname, env: {}, set })

// After a change of the schema `npx vitest run packages/server/src/app/config -u` writes the file anew.
test('docs/configuration.md is what the schema says', async () => {
  const path = join(import.meta.dirname, '../../../../../docs/configuration.md')
  await expect(configReference()).toMatchFileSnapshot(path)
})

test('every key has a description, what is allowed, and a default that it accepts', () => {
  for (const key of describeConfig()) {
    expect(key.description, key.path).toMatch(/\.$/)
    expect(key.allowed, key.path).not.toBe('see the description')
    if (key.default !== '') {
      const set = [`${key.path}=${key.default === '""' ? '' : key.default}`]
      expect(config(set), key.path).toEqual(config())
    }
  }
})

test('every setting of the configuration is a described key', () => {
  const leaves = (value: unknown, path: string): string[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([name, child]) => leaves(child, path === '' ? name : `${path}.${name}`))
      : [path]
  const { receivers: _, ...rest } = config(['store.url=http://localhost:8123'])
  const described = new Set(describeConfig().map((key) => key.path))
  expect(leaves(rest, '').filter((path) => !described.has(path))).toEqual([])
})

test('print hides secrets, has units, and reads back as the same configuration', () => {
  const before = config(['store.password=hunter2', 'retention.maxAge=30d1h', 'store.batch.maxBytes=3MiB'])
  const text = printConfig(before)
  expect(text).not.toContain('hunter2')
  const plain = parse(text)
  expect(plain.store.password).toBe('***')
  expect(plain.retention.maxAge).toBe('30d1h')
  expect(plain.store.batch.maxBytes).toBe('3MiB')
  const set = describeConfig()
    .map((key) => [key.path, key.path.split('.').reduce((at, name) => at?.[name], plain)] as const)
    .filter(([, value]) => value !== undefined && !Array.isArray(value))
    .map(([path, value]) => `${path}=${value}`)
  expect(config(set)).toEqual(redactConfig(before))
})

test('redaction leaves unset secrets and everything else alone', () => {
  expect(redactConfig(config())).toEqual(config())
})
