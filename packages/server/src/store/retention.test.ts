import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Driver } from './driver.ts'
import { migrate } from './migrate.ts'
import { createRetention, type Retention } from './retention.ts'
import { type Day, hourToFree, planRetention } from './retention-plan.ts'
import { SAMPLES } from './samples/schema.ts'
import { LOGS, MIGRATIONS } from './schema.ts'
import { openEmbeddedDriver } from './testing/embedded-driver.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const NOW = Date.UTC(2026, 5, 15, 12, 30)
const TODAY = Date.UTC(2026, 5, 15)

function day(ago: number, bytes = 100, lateMs?: number): Day {
  return { table: LOGS, partitionId: `p${ago}`, startMs: TODAY - ago * DAY, rows: 10, bytes, lateMs }
}

describe('the plan of retention', () => {
  const ids = (days: readonly Day[]): string[] => days.map((one) => one.partitionId)

  it('keeps everything without limits', () => {
    const plan = planRetention([day(4000, 1e12)], 1e12, { maxAgeMs: 0, maxBytes: 0 }, NOW)
    expect(plan).toEqual({ tooOld: [], tooMuch: [], tooOldHours: [], excessBytes: 0 })
  })

  it('drops days that ended longer ago than the limit', () => {
    const days = [day(0), day(6), day(7), day(8), day(9)]
    expect(ids(planRetention(days, 0, { maxAgeMs: 7 * DAY, maxBytes: 0 }, NOW).tooOld)).toEqual(['p9', 'p8'])
  })

  it('keeps late records as long as others, from when they came', () => {
    const days = [day(40, 100, NOW - 6 * DAY), day(41, 100, NOW - 8 * DAY), day(42)]
    expect(ids(planRetention(days, 0, { maxAgeMs: 7 * DAY, maxBytes: 0 }, NOW).tooOld)).toEqual(['p42', 'p41'])
  })

  it('drops the oldest days until the rest fits, never today', () => {
    const days = [day(-1), day(0), day(1), day(2), day(3)]
    const plan = (maxBytes: number) => planRetention(days, 50, { maxAgeMs: 0, maxBytes }, NOW)
    expect(ids(plan(550).tooMuch)).toEqual([])
    expect(ids(plan(549).tooMuch)).toEqual(['p3'])
    expect(ids(plan(350).tooMuch)).toEqual(['p3', 'p2'])
    expect(plan(350).excessBytes).toBe(0)
    expect(ids(plan(20).tooMuch)).toEqual(['p3', 'p2', 'p1'])
    expect(plan(20).excessBytes).toBe(230)
  })

  it('does not count days that go by age when it looks at the size', () => {
    const plan = planRetention([day(1), day(9)], 0, { maxAgeMs: 7 * DAY, maxBytes: 150 }, NOW)
    expect([ids(plan.tooOld), ids(plan.tooMuch)]).toEqual([['p9'], []])
  })

  it('cuts hours when the limit is under two days', () => {
    const plan = planRetention([day(0), day(1)], 0, { maxAgeMs: 3 * HOUR, maxBytes: 0 }, NOW)
    expect(ids(plan.tooOld)).toEqual(['p1'])
    expect(plan.tooOldHours).toEqual([{ day: day(0), beforeMs: TODAY + 9 * HOUR }])
    expect(planRetention([day(0)], 0, { maxAgeMs: 3 * DAY, maxBytes: 0 }, NOW).tooOldHours).toEqual([])
  })

  it('finds the hour before which enough goes, and keeps the current one', () => {
    const hours = [10, 11, 12].map((hour) => ({ startMs: TODAY + hour * HOUR, bytes: 200 }))
    expect(hourToFree(hours, 150, NOW)).toBe(TODAY + 11 * HOUR)
    expect(hourToFree(hours, 201, NOW)).toBe(TODAY + 12 * HOUR)
    expect(hourToFree(hours, 9999, NOW)).toBe(TODAY + 12 * HOUR)
    expect(hourToFree(hours.slice(2), 1, NOW)).toBeUndefined()
  })
})

describe('retention', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'girok-retention-'))
  let driver: Driver
  let nowMs: number
  let removed: number[]
  let removedOfSamples: number[]
  let logged: string[]
  const realTodayMs = Math.floor(Date.now() / DAY) * DAY

  beforeAll(async () => {
    driver = await openEmbeddedDriver(dataDir)
    await migrate(driver, MIGRATIONS, { engine: 'chdb', durability: 'fast' })
  })
  afterAll(async () => {
    await driver.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  beforeEach(async () => {
    await driver.command(`TRUNCATE TABLE ${LOGS}`)
    await driver.command(`TRUNCATE TABLE ${SAMPLES}`)
    await driver.command('DROP TABLE IF EXISTS girok_late_days')
    nowMs = Date.now()
    removed = []
    removedOfSamples = []
    logged = []
  })

  const start = (maxAgeMs: number, maxBytes: number): Retention =>
    createRetention(
      driver,
      [LOGS, SAMPLES],
      { maxAgeMs, maxBytes, intervalMs: 1000 },
      {
        now: () => nowMs,
        log: (level, message) => logged.push(`${level} ${message}`),
        onRemoved: (table, hour) => {
          if (table === LOGS) removed.push(hour)
          else removedOfSamples.push(hour)
          return Promise.resolve()
        },
      },
    )

  async function store(timesMs: readonly number[], line = 'x'): Promise<void> {
    const rows = timesMs.map((ms) => `t\t${(ms / 1000).toFixed(3)}\t1\tinfo\t${line}\t{}\t0\n`).join('')
    const columns = ['tenant', 'ts', 'stream', 'level', 'line', 'meta', 'batch']
    await driver.insert(LOGS, columns, Buffer.from(rows), { token: `${Math.random()}` })
  }

  async function stored(): Promise<number[]> {
    const sql = `SELECT toUnixTimestamp(ts) FROM ${LOGS} ORDER BY ts`
    const answer = await driver.query(sql, 'TabSeparated', { lane: 'query', timeoutMs: 5000 })
    return answer
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((seconds) => Number(seconds) * 1000)
  }

  it('removes by age, keeps late records, and remembers them over a restart', async () => {
    const yesterday = realTodayMs - DAY / 2
    const today = realTodayMs + 1000
    const old = realTodayMs - 40 * DAY
    await store([old, today])
    await store([yesterday])
    await start(30 * DAY, 0).run()
    expect(await stored()).toEqual([old, yesterday, today])
    expect(removed).toEqual([])

    // Yesterday's record came while that day was over, as the old one did: both live from now. Today's goes by its day.
    nowMs = realTodayMs + 31 * DAY + DAY / 2
    await start(30 * DAY, 0).run()
    expect(await stored()).toEqual([])
    expect(removed).toEqual([Math.floor(nowMs / HOUR)])
  })

  it('removes late records when as much time has passed since they came as the limit says', async () => {
    const old = realTodayMs - 40 * DAY
    await store([old, realTodayMs])
    await start(30 * DAY, 0).run()
    nowMs += 29 * DAY
    await start(30 * DAY, 0).run()
    expect(await stored()).toContain(old)
    nowMs += DAY + 60_000
    await start(30 * DAY, 0).run()
    expect(await stored()).not.toContain(old)
  })

  it('takes a day that gets more records after its end for late again', async () => {
    const old = realTodayMs - 40 * DAY
    await store([old])
    const retention = start(30 * DAY, 0)
    await retention.run()
    const book = async (): Promise<string> =>
      (
        await driver.query('SELECT max(block), count() FROM girok_late_days', 'TabSeparated', {
          lane: 'query',
          timeoutMs: 5000,
        })
      ).toString()
    const before = await book()
    await retention.run()
    expect(await book()).toBe(before)
    await store([old + 1000])
    await retention.run()
    expect(await book()).not.toBe(before)
  })

  it('removes the oldest days above the size, then hours of today with a warning', async () => {
    nowMs = realTodayMs + 3 * HOUR + 1000
    const random = (): string => Array.from({ length: 3000 }, () => Math.random().toString(36).slice(2)).join('')
    for (const ago of [3, 2, 1]) await store([realTodayMs - ago * DAY], random())
    for (const hour of [0, 1, 2, 3]) await store([realTodayMs + hour * HOUR], random())
    const perPart = 25_000
    await start(0, 6.5 * perPart * 10).run()
    expect((await stored()).length).toBe(7)

    await start(0, 5 * perPart).run()
    const kept = await stored()
    expect(kept.length).toBeLessThan(7)
    expect(kept.at(-1)).toBe(realTodayMs + 3 * HOUR)
    expect(kept).toContain(realTodayMs)
    expect(logged.some((line) => line.startsWith('warning'))).toBe(false)

    await start(0, 2 * perPart).run()
    expect(logged.some((line) => line.startsWith('warning today alone holds more'))).toBe(true)
    await expect.poll(async () => (await stored()).length, { timeout: 5000 }).toBeLessThan(4)
    expect(await stored()).toContain(realTodayMs + 3 * HOUR)
    expect(removed.length).toBe(2)
  })

  it('cuts hours by age when the limit is short', async () => {
    nowMs = realTodayMs + 10 * HOUR
    await store([realTodayMs + HOUR, realTodayMs + 7 * HOUR, realTodayMs + 9 * HOUR])
    await start(2 * HOUR, 0).run()
    await expect.poll(stored, { timeout: 5000 }).toEqual([realTodayMs + 9 * HOUR])
  })

  it('removes samples as it removes records, by their own days', async () => {
    const timesOfSamples = async (): Promise<number[]> => {
      const sql = `SELECT toUnixTimestamp(ts) FROM ${SAMPLES} ORDER BY ts`
      const answer = await driver.query(sql, 'TabSeparated', { lane: 'query', timeoutMs: 5000 })
      return answer
        .toString()
        .split('\n')
        .slice(0, -1)
        .map((seconds) => Number(seconds) * 1000)
    }
    const insert = async (times: readonly number[]): Promise<void> => {
      const rows = times.map((ms) => `t\t1\t${(ms / 1000).toFixed(3)}\t1\n`).join('')
      const columns = ['tenant', 'series', 'ts', 'value']
      await driver.insert(SAMPLES, columns, Buffer.from(rows), { token: `${Math.random()}` })
    }
    const retention = start(2 * HOUR, 0)
    const [old, newest] = [realTodayMs - 3 * DAY, realTodayMs + 9 * HOUR]
    await insert([realTodayMs + HOUR, newest])
    nowMs = realTodayMs + 10 * HOUR
    await store([newest])
    await retention.run()
    await expect.poll(timesOfSamples, { timeout: 5000 }).toEqual([newest])
    // An old day that comes in now is late: it lives from now, by the clock of the engine.
    nowMs = Date.now()
    await insert([old])
    await retention.run()
    expect(await timesOfSamples()).toEqual(expect.arrayContaining([old]))
    nowMs = realTodayMs + 2 * DAY + 10 * HOUR
    await retention.run()
    expect(await timesOfSamples()).toEqual([])
    expect(await stored()).toEqual([])
    expect(removedOfSamples.at(-1)).toBe(Math.floor(nowMs / HOUR))
    expect(removed.at(-1)).toBe(Math.floor(nowMs / HOUR))
  })

  it('runs by itself, goes on after a failure, and stops', async () => {
    let runs = 0
    const failing: Driver = {
      ...driver,
      query: (sql, format, options) => {
        if (sql.includes('system.parts')) {
          runs++
          if (runs === 1) return Promise.reject(new Error('not now'))
        }
        return driver.query(sql, format, options)
      },
    }
    const retention = createRetention(
      failing,
      [LOGS],
      { maxAgeMs: DAY, maxBytes: 0, intervalMs: 20 },
      {
        now: Date.now,
        log: (level, message) => logged.push(`${level} ${message}`),
        onRemoved: () => Promise.resolve(),
      },
    )
    retention.start()
    await expect.poll(() => runs, { timeout: 5000 }).toBeGreaterThan(2)
    await retention.stop()
    const after = runs
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(runs).toBe(after)
    expect(logged).toEqual(['warning retention failed; it is tried again'])
  })
})
