import { describe, expect, test } from 'vitest'
import { breaches, importsOf } from './floors.ts'

const server = (path: string, text: string) => ({ path: `packages/server/src/${path}`, text })

describe('rooms', () => {
  test('downward is allowed', () => {
    expect(breaches([server('api/a.ts', "import { x } from '../query/b.ts'")])).toEqual([])
  })
  test.each([
    ['upward', 'model/a.ts', "import type { X } from '../store/b.ts'"],
    ['upward', 'store/drivers/a.ts', "export { x } from '../../query/b.ts'"],
    ['sideways', 'ingest/a.ts', "import '../store/b.ts'"],
    ['sideways', 'ingest/a.ts', "const b = await import('../pipeline/b.ts')"],
  ])('%s is a breach: %s', (how, path, text) => {
    expect(breaches([server(path, text)])).toEqual([expect.stringContaining(`imports ${how}`)])
  })
  test('a room without a floor is a breach', () => {
    expect(breaches([server('cellar/a.ts', "import '../model/b.ts'")])).toEqual([expect.stringContaining('no floor')])
  })
})

test('packages depend one way', () => {
  expect(breaches([{ path: 'packages/query/src/a.ts', text: "import '@girok/server'" }])).toHaveLength(1)
  expect(breaches([{ path: 'packages/web/src/a.ts', text: "import '@girok/server'" }])).toHaveLength(1)
  expect(
    breaches([{ path: 'packages/web/src/a.ts', text: "import type { A } from '@girok/server/contract'" }]),
  ).toEqual([])
})

test('rings are found, each once', () => {
  const found = breaches([
    server('store/a.ts', "import './b.ts'"),
    server('store/b.ts', "import './c.ts'"),
    server('store/c.ts', "import './a.ts'"),
    server('store/d.ts', "import './a.ts'"),
  ])
  expect(found).toHaveLength(1)
  expect(found[0]).toContain('a.ts → packages/server/src/store/b.ts')
})

test('long files and files named after nothing are breaches', () => {
  expect(breaches([server('store/a.ts', 'x\n'.repeat(401))])).toEqual([expect.stringContaining('401 lines')])
  expect(breaches([server('store/string-utils.ts', '')])).toEqual([expect.stringContaining('name a file')])
})

test('imports in comments do not count', () => {
  expect(importsOf("// import '../x.ts'\n/* from './y.ts' */ import { a } from './z.ts'")).toEqual(['./z.ts'])
})
