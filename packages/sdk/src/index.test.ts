import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'

const here = import.meta.dirname

test('the core is at most 6 KiB for browsers, minified and compressed, and imports nothing', async () => {
  const bundle = await rolldown({ input: join(here, 'index.ts'), platform: 'browser' })
  const { output } = await bundle.generate({ format: 'esm', minify: true, comments: false })
  const [{ code, imports, dynamicImports }] = output
  expect(output).toHaveLength(1)
  expect([imports, dynamicImports]).toEqual([[], []])
  expect(code).not.toMatch(/from\s*["'`]|require\(/)
  expect(code).toContain('getBuiltinModule')
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(6_144)
})

test('the package depends on nothing: static imports are its own files or parts of the runtime', () => {
  const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test)\.ts$/.test(file) && !/testing[\\/]/.test(file))
    .map((file) => join(here, file))
  expect(files.length).toBeGreaterThan(40)
  for (const file of files) {
    for (const [statement, from] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\s[^'"]*?from '([^']+)'/gm,
    )) {
      if (!statement.startsWith('import type')) expect(from, file).toMatch(/^(\.\.?\/|node:)/)
    }
  }
  const manifest = JSON.parse(readFileSync(join(here, '../package.json'), 'utf8'))
  expect(manifest).not.toHaveProperty('dependencies')
})
