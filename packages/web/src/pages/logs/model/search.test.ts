import { describe, expect, it } from 'vitest'
import { type Entry, noLabels } from '../../../api/entry.ts'
import { ApiError } from '../../../api/error.ts'
import { type FetchLogs, Search } from './search.ts'

/** A store that answers like the server: sorted, limited, `end` exclusive. */
function store(all: readonly Entry[]): { fetch: FetchLogs; limits: number[] } {
  const limits: number[] = []
  const fetch: FetchLogs = async ({ start, end, limit, direction }) => {
    limits.push(limit)
    const sign = direction === 'forward' ? 1 : -1
    const entries = all
      .filter(({ ts }) => BigInt(ts) >= start && BigInt(ts) < end)
      .sort((a, b) => sign * Number(BigInt(a.ts) - BigInt(b.ts)))
      .slice(0, limit)
    return { entries, linesProcessed: entries.length }
  }
  return { fetch, limits }
}

const base = 1_700_000_000_000_000_000n
const entry = (offset: number, line: string): Entry => ({
  ts: String(base + BigInt(offset)),
  line,
  labels: { app: 'a' },
  meta: noLabels,
  parsed: noLabels,
})
const range = { from: base, to: base + 1_000_000n }

async function readAll(search: Search): Promise<void> {
  for (let page = 0; page < 100 && !search.complete.peek(); page += 1) await search.more()
}

describe('Search', () => {
  it.each([false, true])('reads every line once over many pages, ascending: %s', async (ascending) => {
    // Bursts of 7 lines share a nanosecond, so page borders fall inside them.
    const all = Array.from({ length: 9000 }, (_, i) => entry(Math.floor(i / 7), `line ${i % 5000}`))
    const search = new Search(store(all).fetch)
    await search.start({ query: '{}', range, ascending })
    expect(search.rows).toHaveLength(300)
    await readAll(search)
    expect(search.rows).toHaveLength(9000)
    const lines = (list: readonly Entry[]): string[] => list.map(({ ts, line }) => `${ts} ${line}`).sort()
    expect(lines(search.rows)).toEqual(lines(all))
    const times = search.rows.map(({ ts }) => Number(BigInt(ts) - base))
    expect(times).toEqual([...times].sort((a, b) => (ascending ? a - b : b - a)))
  })

  it('asks for more when a page holds nothing but known lines of one nanosecond', async () => {
    const all = [
      ...Array.from({ length: 3000 }, (_, i) => entry(500, `burst ${i}`)),
      ...Array.from({ length: 10 }, (_, i) => entry(i, `early ${i}`)),
    ]
    const { fetch, limits } = store(all)
    const search = new Search(fetch)
    await search.start({ query: '{}', range, ascending: false })
    await readAll(search)
    expect(search.rows).toHaveLength(3010)
    expect(Math.max(...limits)).toBe(5000)
  })

  it('keeps the old rows until the new are there, and drops the answer of a cancelled search', async () => {
    let release = (): void => {}
    const fetch: FetchLogs = async ({ query }) => {
      if (query === 'slow') await new Promise<void>((done) => (release = done))
      return { entries: [entry(1, query)], linesProcessed: 1 }
    }
    const search = new Search(fetch)
    await search.start({ query: 'first', range, ascending: false })
    const slow = search.start({ query: 'slow', range, ascending: false })
    expect(search.status.peek()).toBe('loading')
    expect(search.rows[0]?.line).toBe('first')
    search.cancel()
    release()
    await slow
    expect(search.status.peek()).toBe('cancelled')
    expect(search.rows[0]?.line).toBe('first')
  })

  it('tells the error of the server and keeps the rows', async () => {
    let fail = false
    const search = new Search(async () => {
      if (fail) throw new ApiError(400, 'parse error at line 2, col 7: nope')
      return { entries: [entry(1, 'kept')], linesProcessed: 1 }
    })
    await search.start({ query: 'a', range, ascending: false })
    fail = true
    await search.start({ query: 'b', range, ascending: false })
    expect(search.status.peek()).toBe('error')
    expect(search.error.peek()).toMatchObject({ status: 400, line: 2, column: 7 })
    expect(search.rows[0]?.line).toBe('kept')
  })
})
