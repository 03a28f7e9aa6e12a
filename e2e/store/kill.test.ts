/**
 * kill -9 of a process that owns a store, at random points. Every batch that was not acknowledged is sent again under
 * its key. Batches lie on up to four days, which the engine commits one by one, so that kills leave some of them there
 * in part. Afterwards each line exists exactly once.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildChildScript, type ChildScript } from '../../packages/server/src/store/testing/child-script.ts'
import { killSeed, randomFrom } from '../random.ts'
import { dayCount, lineCount } from './batches.ts'
import type { Answer, Order } from './kill-child.ts'

const KILLS = 20
const AT_ONCE = 6

let script: ChildScript
let dataDir: string
beforeAll(async () => {
  script = await buildChildScript(new URL('./kill-child.ts', import.meta.url))
  dataDir = mkdtempSync(join(tmpdir(), 'girok-kill-'))
})
afterAll(() => {
  script.remove()
  rmSync(dataDir, { recursive: true, force: true })
})

/** A running store process, and what it said. */
class StoreProcess {
  readonly failures: string[] = []
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  readonly #answers: ((rows: string) => void)[] = []
  #onAcknowledged: (number: number) => void = () => undefined

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#ended = new Promise((done) => child.on('exit', done))
  }

  static async start(): Promise<StoreProcess> {
    const child = spawn(process.execPath, [script.path, dataDir], {
      env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const store = new StoreProcess(child)
    await new Promise<void>((ready, failed) => {
      child.on('exit', () => failed(new Error('the store did not start')))
      child.on('message', (answer: Answer) => {
        if ('ready' in answer) ready()
        else if ('acknowledged' in answer) store.#onAcknowledged(answer.acknowledged)
        else if ('rows' in answer) store.#answers.shift()?.(answer.rows)
        else store.failures.push(answer.failed)
      })
    })
    return store
  }

  onAcknowledged(listener: (number: number) => void): void {
    this.#onAcknowledged = listener
  }

  write(number: number): void {
    this.#order({ write: number })
  }

  ask(sql: string): Promise<string[][]> {
    this.#order({ ask: sql })
    return new Promise((resolve) => {
      this.#answers.push((rows) =>
        resolve(
          rows
            .split('\n')
            .filter(Boolean)
            .map((row) => row.split('\t')),
        ),
      )
    })
  }

  #order(order: Order): void {
    // Sending to a killed process fails, as it should.
    this.#child.send(order, () => undefined)
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  async end(): Promise<number | null> {
    this.#child.disconnect()
    return await this.#ended
  }
}

/** Batches that are there with some of their days only. */
async function countPartial(store: StoreProcess): Promise<number> {
  const rows = await store.ask(
    "SELECT toUInt32(splitByChar(' ', line)[2]) AS number, uniqExact(toDate(ts)) FROM logs GROUP BY number",
  )
  return rows.filter(([number, days]) => Number(days) < dayCount(Number(number))).length
}

test(`${KILLS} kills lose nothing and double nothing`, { timeout: 300_000 }, async () => {
  const random = randomFrom(killSeed())
  const unacknowledged = new Set<number>()
  let next = 0
  let resent = 0
  let partial = 0

  for (let kill = 0; kill < KILLS; kill++) {
    const store = await StoreProcess.start()
    partial += await countPartial(store)
    let killed = false
    store.onAcknowledged((number) => {
      unacknowledged.delete(number)
      if (!killed) send()
    })
    const send = () => {
      unacknowledged.add(next)
      store.write(next++)
    }
    // Some are sent twice at once: the second must wait for the first.
    for (const number of unacknowledged) {
      resent++
      store.write(number)
      if (random() < 0.3) store.write(number)
    }
    for (let i = 0; i < AT_ONCE; i++) send()
    await sleep(random() ** 2 * 1500)
    killed = true
    await store.kill()
    expect(store.failures).toEqual([])
  }

  const store = await StoreProcess.start()
  partial += await countPartial(store)
  const allAcknowledged = new Promise<void>((done) => {
    if (unacknowledged.size === 0) done()
    store.onAcknowledged((number) => {
      unacknowledged.delete(number)
      if (unacknowledged.size === 0) done()
    })
  })
  for (const number of unacknowledged) store.write(number)
  await allAcknowledged
  expect(store.failures).toEqual([])

  const lines = await store.ask(
    "SELECT splitByChar(' ', line)[2] AS number, count(), uniqExact(line) FROM logs GROUP BY number ORDER BY toUInt32(number)",
  )
  const expected = Array.from({ length: next }, (_, number) => {
    const count = String(lineCount(number))
    return [String(number), count, count]
  })
  expect(lines).toEqual(expected)
  const unknown = await store.ask(
    'SELECT count() FROM logs WHERE (tenant, stream) NOT IN (SELECT tenant, stream FROM streams)',
  )
  expect(unknown).toEqual([['0']])
  expect(await store.end()).toBe(0)
  console.log(`${next} batches, ${resent} sent again, ${partial} found in part after a kill`)
  expect(resent).toBeGreaterThan(KILLS)
})
