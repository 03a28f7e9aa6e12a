import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RecordBatch } from '../../model/batch.ts'
import { createPlayer } from './player.ts'

beforeEach(() => {
  // Only what the player itself asks: the programs that it plays have timers of their own.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('plays the agreed number of lines, all marked, all JSON with time, level and message', async () => {
  const batches: RecordBatch[] = []
  let seed = 7
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  const player = createPlayer({
    tenant: 't',
    linesPerSecond: 12.5,
    random,
    onError: (error) => {
      throw error
    },
    submit: async (batch) => {
      batches.push(batch)
    },
  })
  player.start()
  vi.advanceTimersByTime(40_000)
  await player.stop()
  vi.advanceTimersByTime(10_000)
  expect(batches.reduce((sum, batch) => sum + batch.count, 0)).toBe(500)
  const jobs = new Set<string>()
  for (const batch of batches) {
    for (let i = 0; i < batch.count; i++) {
      const labels = batch.streams[batch.stream[i] as number]?.labels
      expect(labels?.get('girok_sample')).toBe('true')
      jobs.add(labels?.get('job') ?? '')
      const entry = JSON.parse(batch.bytes.toString('utf8', batch.lineStart[i], batch.lineEnd[i]))
      expect(entry).toMatchObject({ timestamp: expect.any(String), level: expect.any(String) })
      expect(Math.floor(Date.parse(entry.timestamp) / 1_000)).toBe(batch.seconds[i])
    }
  }
  expect([...jobs].sort()).toEqual(['ads', 'fastapi', 'inference', 'system', 'training'])
})
