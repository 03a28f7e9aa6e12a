import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labelSet, makeStream } from '../../model/labels.ts'
import { LEVELS } from '../../model/level.ts'
import { openStore } from '../../store/open.ts'
import { LOGS } from '../../store/schema.ts'
import type { LogStore } from '../../store/store.ts'
import { createQueryEngine } from '../create-engine.ts'
import type { QueryEngine } from '../engine.ts'
import { DEFAULT_QUERY_LIMITS } from '../limits.ts'
import { createRuns } from '../run/runs.ts'
import { createRemover, type Remover } from './remover.ts'

const T0 = BigInt(Date.UTC(2026, 0, 5, 10)) * 1_000_000n
const SECOND = 1_000_000_000n
const HOUR = 3600n * SECOND
const DAY_MS = 86_400_000

interface Line {
  readonly at: number
  readonly line: string
  readonly app?: string
  readonly level?: (typeof LEVELS)[number]
  readonly metadata?: readonly string[]
}

let tenants = 0
const newTenant = () => `t${++tenants}`
let dataDir: string
let store: LogStore
let engine: QueryEngine
let remover: Remover
let nowMs = Number(T0 / 1_000_000n) + 3_600_000

async function open(): Promise<void> {
  store = await openStore({ dataDir, durability: 'fast' })
  engine = createQueryEngine({ store })
  remover = createRemover({
    store,
    runs: createRuns(DEFAULT_QUERY_LIMITS, Date.now, () => {}),
    cancelPeriodMs: DAY_MS,
    maxLineAgeMs: 7 * DAY_MS,
    now: () => nowMs,
    log: () => {},
  })
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'girok-deletions-'))
  await open()
})
afterAll(async () => {
  await store?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function write(tenant: string, lines: readonly Line[]): Promise<void> {
  const bytes = Buffer.from(lines.map(({ line }) => line).join(''))
  const streams = [...new Set(lines.map(({ app = 'a' }) => app))].map((app) =>
    makeStream(tenant, labelSet([['app', app]])),
  )
  let end = 0
  const ends = lines.map(({ line }) => (end += Buffer.byteLength(line)))
  await store.write({
    tenant,
    receiver: 'test',
    count: lines.length,
    streams,
    stream: Uint32Array.from(lines, ({ app = 'a' }) => streams.findIndex(({ labels }) => labels.get('app') === app)),
    seconds: Float64Array.from(lines, ({ at }) => Number(T0 / SECOND) + at),
    nanos: new Uint32Array(lines.length),
    level: Uint8Array.from(lines, ({ level = '' }) => LEVELS.indexOf(level)),
    bytes,
    lineStart: Uint32Array.from(ends, (_, i) => ends[i - 1] ?? 0),
    lineEnd: Uint32Array.from(ends),
    metadata: lines.map(({ metadata }) => metadata),
  })
}

const range = { startNs: T0 - HOUR, endNs: T0 + HOUR }

async function linesOf(tenant: string, query = '{app=~".+"}', pushdown = true): Promise<string[]> {
  const { entries } = await engine.logs({ tenant, query, ...range, limit: 5000, direction: 'forward', pushdown })
  return entries.map(({ line }) => line)
}

/** Every way to read or count what a tenant has; all must tell the same. */
async function everyCount(tenant: string): Promise<Record<string, number>> {
  const query = '{app=~".+"}'
  const count = async (text: string, pushdown: boolean) => {
    const { value } = await engine.metric({
      tenant,
      query: text,
      startNs: range.endNs,
      endNs: range.endNs,
      stepNs: SECOND,
      pushdown,
    })
    return value.kind === 'vector' ? (value.series[0]?.values[0] ?? 0) : Number.NaN
  }
  let exported = 0
  for await (const page of engine.exportLogs({ tenant, query, ...range })) exported += page.length
  return {
    logs: (await linesOf(tenant)).length,
    logsByEvaluator: (await linesOf(tenant, query, false)).length,
    counted: await count(`sum(count_over_time(${query}[2h]))`, true),
    countedByEvaluator: await count(`sum(count_over_time(${query}[2h]))`, false),
    countedByField: await count(
      `sum(count_over_time(${query} | json | n!="none" | drop __error__, __error_details__ [2h]))`,
      true,
    ),
    exported,
    stats: (await engine.stats({ tenant, query, ...range })).entries,
    volume:
      (await engine.volume({ tenant, query, ...range, limit: 100, targetLabels: [], aggregateBy: 'series' })).length ===
      0
        ? 0
        : 1,
    fields: (await engine.fields({ tenant, query, ...range, lineLimit: 1000 })).sampledLines,
    patterns: (await engine.patterns({ tenant, query, ...range, stepNs: 60n * SECOND })).totalLines,
  }
}

async function storedRows(tenant: string): Promise<number> {
  const answer = await store.driver.query(`SELECT count() FROM ${LOGS} WHERE tenant = '${tenant}'`, 'TabSeparated', {
    lane: 'interactive',
    timeoutMs: 10_000,
  })
  return Number(answer.toString())
}

const request = (tenant: string, query: string, fromS = -600, toS = 600) =>
  store.deletions.add({
    tenant,
    query,
    startNs: T0 + BigInt(fromS) * SECOND,
    endNs: T0 + BigInt(toS) * SECOND,
    createdMs: nowMs,
  })

const LINES: Line[] = [
  { at: 0, line: 'password secret-1 sent' },
  { at: 1, line: 'all is well' },
  { at: 2, line: 'password secret-2 sent', app: 'b' },
  { at: 3, line: '{"user":"kim","n":1}', level: 'info' },
  { at: 4, line: '{"user":"lee","n":2}', level: 'error' },
  { at: 5, line: 'with metadata', metadata: ['user_id', 'kim'] },
  { at: 5, line: 'with metadata', metadata: ['user_id', 'lee'] },
]

/** What each query takes away. The last ones SQL cannot answer alone. */
const CASES: readonly (readonly [query: string, gone: readonly string[], exact: boolean])[] = [
  ['{app="b"}', ['password secret-2 sent'], true],
  ['{app=~".+"} |= "secret"', ['password secret-1 sent', 'password secret-2 sent'], true],
  ['{app="a"} |~ "secret-[0-9]"', ['password secret-1 sent'], true],
  ['{app="a"} != "e"', [], true],
  ['{app="a"} | user_id="kim"', ['with metadata'], true],
  ['{app="a"} | detected_level="error"', ['{"user":"lee","n":2}'], true],
  ['{app="a"} | json | user="kim"', ['{"user":"kim","n":1}'], false],
  ['{app=~".+"} |> "password <_> sent"', ['password secret-1 sent', 'password secret-2 sent'], false],
  ['{app="a"} | line_format "x{{.user_id}}" |= "xkim"', ['with metadata'], false],
]

describe('delete requests', () => {
  const cases = CASES.map(([query, gone, exact]) => {
    const left = [...LINES.map(({ line }) => line)]
    for (const line of gone) left.splice(left.indexOf(line), 1)
    return { query, left, exact, tenant: newTenant() }
  })
  const other = newTenant()
  // Side by side, so that they stand in few parts: the engine takes half a second for each part of each removal.
  beforeAll(() => Promise.all([...cases.map(({ tenant }) => tenant), other].map((tenant) => write(tenant, LINES))))

  it.each(cases)(
    '$query: hides at once, everywhere, and comes back when cancelled',
    async ({ query, left, exact, tenant }) => {
      const all = await linesOf(tenant)
      expect(all).toHaveLength(LINES.length)

      const cancelled = await request(tenant, query)
      expect((await linesOf(tenant)).sort()).toEqual([...left].sort())
      await store.deletions.cancel(cancelled)
      expect(await linesOf(tenant)).toEqual(all)

      await request(tenant, query)
      const n = left.length
      expect(await everyCount(tenant)).toEqual({
        logs: n,
        logsByEvaluator: n,
        counted: n,
        countedByEvaluator: n,
        countedByField: n,
        exported: n,
        // What SQL cannot tell is counted there until it is removed.
        stats: exact ? n : LINES.length,
        volume: 1,
        fields: n,
        patterns: n,
      })
    },
  )

  it('are carried out after the period in which they can be cancelled, and take nothing else along', async () => {
    // One of each kind is enough.
    const carried = cases.filter(({ query }) => /user_id="kim"|json|line_format/.test(query))
    expect(carried).toHaveLength(3)
    for (const { tenant } of cases.filter((one) => !carried.includes(one))) {
      for (const one of store.deletions.list(tenant)) await store.deletions.cancel(one)
    }
    await remover.run()
    for (const { tenant } of carried) expect(await storedRows(tenant)).toBe(LINES.length)
    nowMs += DAY_MS
    await remover.run()
    nowMs -= DAY_MS
    for (const { tenant, left, query } of carried) {
      expect(
        store.deletions.list(tenant).map(({ state }) => state),
        query,
      ).toEqual(['processed'])
      expect(await storedRows(tenant), query).toBe(left.length)
      expect((await linesOf(tenant)).sort(), query).toEqual([...left].sort())
      expect((await everyCount(tenant)).stats, query).toBe(left.length)
    }
    expect(await storedRows(other)).toBe(LINES.length)
    expect(await linesOf(other)).toHaveLength(LINES.length)
  }, 120_000)

  it('keeps to its time, both ends included', async () => {
    const tenant = newTenant()
    await write(
      tenant,
      [0, 1, 2, 3].map((at) => ({ at, line: `line ${at}` })),
    )
    await request(tenant, '{app="a"}', 1, 2)
    expect(await linesOf(tenant)).toEqual(['line 0', 'line 3'])
    expect(await engine.labels({ tenant, ...range })).toEqual(['app'])
  })

  it('hides and removes lines of its time that come in later, and forgets streams without a line', async () => {
    const tenant = newTenant()
    await write(tenant, [{ at: 0, line: 'first' }])
    const { id } = await request(tenant, '{app="a"}')
    await write(tenant, [
      { at: 1, line: 'before it is removed' },
      { at: 900, line: 'of another time' },
      { at: 2, line: 'x', app: 'b' },
    ])
    expect(await linesOf(tenant)).toEqual(['x', 'of another time'])
    nowMs += DAY_MS
    await remover.run()
    expect(await storedRows(tenant)).toBe(2)
    await write(tenant, [{ at: 3, line: 'late' }])
    expect(await linesOf(tenant)).toEqual(['x', 'of another time'])
    expect(await storedRows(tenant)).toBe(3)
    nowMs += 600_000
    await remover.run()
    expect(await storedRows(tenant)).toBe(2)
    expect(store.deletions.hiding(tenant, range.startNs, range.endNs)).toEqual([])
    await request(tenant, '{app="b"}')
    nowMs += DAY_MS
    await remover.run()
    const series = await engine.series({ tenant, match: [], ...range })
    expect(series.map((labels) => [...labels])).toEqual([[['app', 'a']]])
    nowMs += 8 * DAY_MS
    await remover.run()
    expect(store.deletions.get(tenant, id)?.state).toBe('settled')
    nowMs -= 10 * DAY_MS + 600_000
  })

  it('survives a restart in every state', async () => {
    const tenant = newTenant()
    await write(tenant, LINES)
    const quoted = await request(tenant, '{app="a"} |= "secret" != "\\t\\n\\\\ \'"')
    const removing = await request(tenant, '{app="a"} | json | user="kim"')
    await store.deletions.setState(removing, 'removing')
    const cancelled = await request(tenant, '{app="b"}')
    await store.deletions.cancel(cancelled)
    const hidden = await linesOf(tenant)
    expect(hidden).toHaveLength(LINES.length - 2)
    await store.close()
    await open()
    const listed = store.deletions.list(tenant)
    expect(listed).toHaveLength(2)
    expect(listed).toEqual(expect.arrayContaining([quoted, { ...removing, state: 'removing' }]))
    expect(await linesOf(tenant)).toEqual(hidden)
    await remover.run()
    expect(await storedRows(tenant)).toBe(LINES.length - 1)
    expect(await linesOf(tenant)).toEqual(hidden)
  })
})
