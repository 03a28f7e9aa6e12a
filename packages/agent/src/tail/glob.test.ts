import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Discovery } from './discovery.ts'
import { compileGlob } from './glob.ts'

let root: string
const told: string[] = []
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'girok-glob-'))
  for (const path of ['a.log', 'b.txt', '.hidden.log', 'x/c.log', 'x/y/d.log', 'x/y/[e].log', 'z/f.log.1']) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), '')
  }
  symlinkSync('..', join(root, 'x/loop'))
  symlinkSync('a.log', join(root, 'link.log'))
})
afterAll(() => rmSync(root, { recursive: true }))

async function found(include: string[], exclude: string[] = []): Promise<string[]> {
  const globs = (patterns: string[]) => patterns.map((pattern) => compileGlob(join(root, pattern)))
  const fault = (path: string, message: string) => told.push(`${path}: ${message}`)
  const paths = await new Discovery({ include: globs(include), exclude: globs(exclude), fault }).scan(true)
  for (const path of paths) expect(globs(include).some((glob) => glob.matches(path))).toBe(true)
  return [...paths].map((path) => path.slice(root.length + 1)).sort()
}

test.each([
  [['*.log'], ['.hidden.log', 'a.log', 'link.log']],
  [['?.log'], ['a.log']],
  [['**/*.log'], ['.hidden.log', 'a.log', 'link.log', 'x/c.log', 'x/y/[e].log', 'x/y/d.log']],
  [['x/**'], ['x/c.log', 'x/loop', 'x/y/[e].log', 'x/y/d.log']],
  [['x/**/d.log'], ['x/y/d.log']],
  [['{a,x/c}.log'], ['a.log', 'x/c.log']],
  [['{x,z}/{c,f}.log{,.1}'], ['x/c.log', 'z/f.log.1']],
  [['[!a].{log,txt}'], ['b.txt']],
  [['[a-b].*'], ['a.log', 'b.txt']],
  [['x/y/\\[e].log'], ['x/y/[e].log']],
  [['a.log'], ['a.log']],
  [['x'], []],
  [['none/*.log', 'x/*/d.log'], ['x/y/d.log']],
  [['*/a.log'], []],
])('%j finds %j', async (include, paths) => {
  expect(await found(include)).toEqual(paths)
})

test('symbolic links to folders are followed where a pattern names a level, and never round in circles', async () => {
  expect(await found(['x/loop/*.log'])).toEqual(['x/loop/.hidden.log', 'x/loop/a.log', 'x/loop/link.log'])
  expect(await found(['**/link.log'])).toEqual(['link.log'])
})

test('what is excluded is not found', async () => {
  expect(await found(['**/*.log'], ['x/**', '.*'])).toEqual(['a.log', 'link.log'])
})

test.each([
  ['logs/*.log', /no absolute path/],
  ['/a/../b', /has a \.\./],
  ['/a/{b', /a \{ without its \}/],
  ['/a/[b', /a \[ without its \]/],
  ['/a/[z-a]', /no set of characters/],
  ['/a/', /ends with \//],
  [`/${'{a,b}'.repeat(12)}`, /too many alternatives/],
])('%s is refused', (pattern, message) => {
  expect(() => compileGlob(pattern)).toThrow(message)
})

test('only folders that changed are read again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'girok-glob-'))
  try {
    const old = new Date(Date.now() - 60_000)
    mkdirSync(join(folder, 'sub'))
    for (const path of ['', 'sub']) utimesSync(join(folder, path), old, old)
    const include = [compileGlob(`${folder}/*/*.log`), compileGlob(`${folder}/later/named.txt`)]
    const discovery = new Discovery({ include, exclude: [], fault: () => {} })
    expect(await discovery.scan(true)).toEqual(new Set())
    expect(discovery.changed()).toBe(false)
    writeFileSync(join(folder, 'sub/a.log'), '')
    expect(discovery.changed()).toBe(true)
    expect(await discovery.scan(false)).toEqual(new Set([join(folder, 'sub/a.log')]))
    mkdirSync(join(folder, 'later'))
    writeFileSync(join(folder, 'later/named.txt'), '')
    expect(discovery.changed()).toBe(true)
    expect((await discovery.scan(false)).size).toBe(2)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
