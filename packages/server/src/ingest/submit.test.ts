import { expect, it } from 'vitest'
import type { RecordBatch } from '../model/batch.ts'
import { GirokError } from '../model/errors.ts'
import { receivers } from './receivers/index.ts'
import { openReceiver } from './testing/bench-of-receivers.ts'

const json = receivers.find(({ name }) => name === 'json')!
const request = { path: '/ingest', body: Buffer.from('{"a":1}\n{"a":2}\n{"a":3}') }
const half = (batch: RecordBatch): RecordBatch => ({ ...batch, count: 1 })

it('stores what the processors leave', async () => {
  const bench = openReceiver(json, { process: half })
  await bench.send(request)
  expect(bench.counters.stored.total).toBe(1)
})

it('does not call the store for an emptied batch', async () => {
  const bench = openReceiver(json, {
    process: (batch) => ({ ...batch, count: 0 }),
    write: async () => expect.unreachable(),
  })
  expect((await bench.send(request)).status).toBe(200)
})

it('counts apart what of a batch was stored and what had been stored before', async () => {
  const bench = openReceiver(json, { write: async () => ({ stored: true, duplicates: 2 }) })
  expect((await bench.send(request)).status).toBe(200)
  expect([bench.counters.stored.total, bench.counters.duplicate.total, bench.imbalance()]).toEqual([1, 2, 0])
})

it('counts what was left when the store fails, and lets faults of Girok through', async () => {
  const disk = openReceiver(json, {
    process: half,
    write: async () => {
      throw new GirokError('disk_full', 'the disk is full')
    },
  })
  expect((await disk.send(request)).status).toBe(507)
  expect(disk.counters.rejected.value({ receiver: 'json', tenant: 't', reason: 'disk_full' })).toBe(1)
  const broken = openReceiver(json, {
    write: async () => {
      throw new TypeError('a bug')
    },
  })
  await expect(broken.send(request)).rejects.toThrow('a bug')
  expect(broken.counters.rejected.value({ receiver: 'json', tenant: 't', reason: 'internal' })).toBe(3)
  expect(broken.imbalance()).toBe(0)
})
