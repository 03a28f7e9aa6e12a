/**
 * kill -9 in the middle of ingest, twenty times: the client sends every unacknowledged batch again under its key, and
 * afterwards each line is there exactly once. Batches span midnight, so that the engine commits them in two parts.
 */

import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { killSeed, randomFrom } from './random.ts'
import { push, QUIET, startServer, type TestServer, temporaryFolder, UNLIMITED } from './server.ts'

const ROUNDS = 20
const LINES_PER_BATCH = 200

test(`${ROUNDS} kills lose nothing and double nothing`, async () => {
  const random = randomFrom(killSeed())
  const dataDir = temporaryFolder()
  const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000
  let nextBatch = 0
  let pending: number[] = []
  let sentAgain = 0
  const linesOf = (batch: number) =>
    Array.from(
      { length: LINES_PER_BATCH },
      (_, i) => [midnight - LINES_PER_BATCH / 2 + i, `batch ${batch} line ${i}`] as const,
    )
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const server = await startServer({ dataDir, args: [...QUIET, ...UNLIMITED] })
      const acknowledged = new Set<number>()
      const send = async (batch: number) => {
        const status = await push(server, { app: 'kill' }, linesOf(batch), { 'idempotency-key': `k${batch}` }).catch(
          () => 0,
        )
        if (status === 204) acknowledged.add(batch)
      }
      const resent = pending
      sentAgain += resent.length
      const sending = resent.map(send)
      if (round === ROUNDS) {
        await Promise.all(sending)
        expect([...acknowledged].sort()).toEqual([...resent].sort())
        await verify(server, nextBatch)
        await server.dispose()
        return
      }
      const killAt = performance.now() + 50 + random() * 400
      const killed = new Promise((done) => setTimeout(done, killAt - performance.now())).then(() => server.kill())
      const fresh: number[] = []
      while (performance.now() < killAt) {
        const batch = nextBatch++
        fresh.push(batch)
        sending.push(send(batch))
        await new Promise((done) => setTimeout(done, 2 + random() * 10))
      }
      await killed
      await Promise.all(sending)
      pending = [...resent, ...fresh].filter((batch) => !acknowledged.has(batch))
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }

  /** Every line there is, counted: none is missing, none is there twice, none is there that was never sent. */
  async function verify(server: TestServer, batches: number) {
    const range = { start: `${midnight - 60_000}000000`, end: `${midnight + 60_000}000000` }
    const response = await server.fetch(`/girok/v1/export?${new URLSearchParams({ query: '{app="kill"}', ...range })}`)
    const counts = new Map<string, number>()
    for (const row of (await response.text()).trimEnd().split('\n')) {
      const { line } = JSON.parse(row) as { line: string }
      counts.set(line, (counts.get(line) ?? 0) + 1)
    }
    const wrong: string[] = []
    for (let batch = 0; batch < batches; batch++) {
      for (const [, line] of linesOf(batch)) {
        if (counts.get(line) !== 1) wrong.push(`${line}: ${counts.get(line) ?? 0} times`)
        counts.delete(line)
      }
    }
    expect(wrong.slice(0, 20)).toEqual([])
    expect([...counts.keys()]).toEqual([])
    console.log(`${batches} batches, ${batches * LINES_PER_BATCH} lines, each exactly once; ${sentAgain} sent again`)
    expect(sentAgain).toBeGreaterThan(ROUNDS / 2)
  }
}, 600_000)
