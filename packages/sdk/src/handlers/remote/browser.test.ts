/** Handlers that send over HTTP are bundled for browsers as they stand. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { girokHandler } from '../girok.ts'
import { farEnd, messagesOf } from './testing/far-end.ts'

const FROM = /^(?:import|export)\s(?!type\b)[^'"]*?from '([^']+)'|^import '([^']+)'/gm

/** What a module and all that it imports take from elsewhere. */
function foreignImports(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path)) return []
  seen.add(path)
  return [...readFileSync(path, 'utf8').matchAll(FROM)].flatMap(([, from, bare]) => {
    const name = (from ?? bare) as string
    return name.startsWith('.') ? foreignImports(join(dirname(path), name), seen) : [`${name} in ${path}`]
  })
}

test.each(['girok', 'http', 'loki', 'otlp', 'elasticsearch'])('%s imports nothing of Node', (name) => {
  const seen = new Set<string>()
  expect(foreignImports(join(import.meta.dirname, '..', `${name}.ts`), seen)).toEqual([])
  expect(seen.size).toBeGreaterThan(15)
})

test('without anything of Node it delivers', async () => {
  const { getBuiltinModule } = process
  process.getBuiltinModule = undefined as never
  await using server = await farEnd()
  try {
    const handler = girokHandler({ url: server.url })
    handler.handle({
      timeMs: 0,
      level: 20,
      logger: 'page',
      message: 'hello',
      fields: undefined,
      frame: undefined,
      source: undefined,
      event: undefined,
      text: '',
      textBy: undefined,
    })
    await handler.close()
    expect(messagesOf(server.seen[0]?.body ?? '')).toEqual(['hello'])
  } finally {
    process.getBuiltinModule = getBuiltinModule
  }
})

test('compression by the platform of browsers gives the same as that of Node', async () => {
  const { getBuiltinModule } = process
  process.getBuiltinModule = undefined as never
  const compress = './compress.ts?without-node'
  try {
    const { gzip } = (await import(compress)) as typeof import('./compress.ts')
    const text = '기록 '.repeat(1000)
    const bytes = (await gzip(text)) as Uint8Array<ArrayBuffer>
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
    expect(await new Response(stream).text()).toBe(text)
    expect(bytes.length).toBeLessThan(500)
  } finally {
    process.getBuiltinModule = getBuiltinModule
  }
})
