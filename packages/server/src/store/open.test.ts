import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { RecordBatch } from '../model/batch.ts'
import { labelSet, makeStream } from '../model/labels.ts'
import { openStore } from './open.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'girok-open-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

function batchOf(lines: readonly string[]): RecordBatch {
  const bytes = Buffer.from(lines.join(''))
  const lineStart = new Uint32Array(lines.length)
  const lineEnd = new Uint32Array(lines.length)
  let at = 0
  for (const [index, line] of lines.entries()) {
    lineStart[index] = at
    at += Buffer.byteLength(line)
    lineEnd[index] = at
  }
  return {
    tenant: 'default',
    receiver: 'test',
    count: lines.length,
    streams: [makeStream('default', labelSet([['app', 'open']]))],
    stream: new Uint32Array(lines.length),
    seconds: new Float64Array(lines.length).fill(Math.floor(Date.now() / 1000)),
    nanos: new Uint32Array(lines.length),
    level: new Uint8Array(lines.length),
    bytes,
    lineStart,
    lineEnd,
    metadata: undefined,
  }
}

it('opens, stores, tells the feed, closes, and has everything after a restart', async () => {
  const fed: number[] = []
  const store = await openStore({ dataDir }, { onStored: (batch) => fed.push(batch.count) })
  expect(readFileSync(join(dataDir, 'girok.lock'), 'utf8')).toBe(String(process.pid))
  expect(store.health()).toEqual({ state: 'ready' })
  expect(await store.write(batchOf(['one', 'two']), { idempotencyKey: 'k' })).toEqual({ stored: true })
  expect(await store.write(batchOf(['one', 'two']), { idempotencyKey: 'k' })).toEqual({ stored: false })
  expect(fed).toEqual([2])
  expect((await store.usage()).rows).toBe(2)
  await expect(openStore({ dataDir })).rejects.toThrow(`pid ${process.pid}`)
  const writing = store.write(batchOf(['three']))
  await store.close()
  await store.close()
  expect(await writing).toEqual({ stored: true })
  expect(store.health().state).toBe('stopping')
  await expect(store.write(batchOf(['late']))).rejects.toMatchObject({ code: 'store_unavailable' })
  expect(existsSync(join(dataDir, 'girok.lock'))).toBe(false)

  const again = await openStore({ dataDir })
  const lines = await again.driver.query('SELECT line FROM logs ORDER BY line', 'TabSeparated', {
    lane: 'query',
    timeoutMs: 5000,
  })
  expect(lines.toString()).toBe('one\nthree\ntwo\n')
  expect([...again.streams.list('default', 0n, 2n ** 62n)].length).toBe(1)
  expect(await again.write(batchOf(['one', 'two']), { idempotencyKey: 'k' })).toEqual({ stored: false })
  await again.close()
})

it('closes everything again when it cannot open', async () => {
  const store = await openStore({ dataDir })
  await store.driver.insert('girok_migrations', ['version', 'step', 'name'], Buffer.from('99\t0\tfuture\n'), {
    token: 'f',
  })
  await store.close()
  await expect(openStore({ dataDir })).rejects.toThrow(/newer Girok.*version 99/)
  expect(existsSync(join(dataDir, 'girok.lock'))).toBe(false)
  await expect(openStore({ dataDir, url: 'http://127.0.0.1:1' })).rejects.toThrow(/ClickHouse server at http:\/\/127/)
  expect(existsSync(join(dataDir, 'girok.lock'))).toBe(false)
})
