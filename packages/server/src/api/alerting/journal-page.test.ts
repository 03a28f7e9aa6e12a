import { describe, expect, it } from 'vitest'
import { createMemoryJournal } from '../../store/testing/memory-state.ts'
import { notificationsWanted } from './journal-filters.ts'
import { journalPage } from './journal-page.ts'

const nowMs = Date.UTC(2026, 0, 31)
const hourMs = 3_600_000

interface Body {
  readonly n: number
}

/** A journal of `count` entries, `together` of each millisecond, `apartMs` between; the newest at `nowMs`. */
async function journalOf(count: number, together: number, apartMs: number) {
  const journal = createMemoryJournal()
  await journal.append(
    't',
    Array.from({ length: count }, (_, n) => ({
      kind: 'alert',
      subject: `s${n % 3}`,
      timeMs: nowMs - Math.floor(n / together) * apartMs,
      body: JSON.stringify({ n }),
    })),
  )
  const reads: number[] = []
  const store = {
    journal: {
      append: journal.append,
      read: (tenant: string, request: Parameters<typeof journal.read>[1]) => {
        reads.push(request.limit)
        return journal.read(tenant, request)
      },
    },
  }
  const context = { store, now: () => nowMs } as Parameters<typeof journalPage>[0]
  return { context, reads }
}

async function readAll(
  context: Parameters<typeof journalPage>[0],
  params: Record<string, string>,
  wanted?: (body: Body) => boolean,
): Promise<{ readonly numbers: readonly number[]; readonly pages: number }> {
  const numbers: number[] = []
  let pages = 0
  for (let before: string | undefined = ''; before !== undefined; pages += 1) {
    const asked = new URLSearchParams({ ...params, ...(before === '' ? {} : { before }) })
    const page = await journalPage<Body>(context, 't', { kind: 'alert', subject: undefined, wanted }, asked)
    numbers.push(...page.entries.map(({ body }) => body.n))
    before = page.older
  }
  return { numbers, pages }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
const rising = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b)

describe('pages of the journal', () => {
  it('hold each entry once, also where many are of one millisecond, and the last says so', async () => {
    const { context } = await journalOf(100, 30, 1000)
    for (const limit of [1, 7, 30, 100, 1000]) {
      const { numbers, pages } = await readAll(context, { limit: String(limit) })
      expect(rising(numbers)).toEqual(upTo(100))
      expect(pages).toBe(Math.ceil(100 / limit))
    }
  })

  it('reach back to the start, the last hour where none is said, and read little where that is enough', async () => {
    const { context, reads } = await journalOf(200, 1, hourMs)
    expect((await readAll(context, {})).numbers).toEqual([0, 1])
    expect((await readAll(context, { start: '0', limit: '70' })).numbers).toEqual(upTo(200))
    expect((await readAll(context, { start: String((nowMs - 4 * hourMs) / 1000) })).numbers).toEqual(upTo(5))
    reads.length = 0
    await journalPage(
      context,
      't',
      { kind: 'alert', subject: undefined },
      new URLSearchParams({ start: '0', limit: '2' }),
    )
    expect(reads).toEqual([3, 1])
  })

  it('go on searching for what is wanted, and after much in vain leave the rest to the next page', async () => {
    const { context } = await journalOf(45_000, 100, 100)
    const seldom = (body: Body): boolean => body.n % 22_222 === 0
    const { numbers, pages } = await readAll(context, { start: '0' }, seldom)
    expect(rising(numbers)).toEqual([0, 22_222, 44_444])
    expect(pages).toBe(3)
  })

  it.each([{ limit: '0' }, { limit: '1.5' }, { before: 'yesterday' }, { before: '1' }, { start: '2', end: '1' }])(
    'are refused for %j',
    async (params) => {
      const { context } = await journalOf(1, 1, 1)
      await expect(
        journalPage(context, 't', { kind: 'alert', subject: undefined }, new URLSearchParams(params)),
      ).rejects.toMatchObject({ code: 'bad_request' })
    },
  )
})

it('attempts to notify are found by outcome, name of an alert and words', () => {
  const body = {
    integration: 'webhook[0]',
    groupKey: '{}:{}',
    groupLabels: { team: 'Storage' },
    status: 'firing',
    reason: 'first notification',
    outcome: 'failed',
    attempt: 1,
    error: 'connection refused',
    ms: 1,
    firing: [],
    resolved: [],
    alerts: 2,
    alertNames: ['Disk full', '디스크'],
  } as const
  const meets = (params: Record<string, string>, entry = body) =>
    notificationsWanted(new URLSearchParams(params))?.(entry, 'Pager')
  expect(meets({})).toBeUndefined()
  expect(
    meets({ outcome: 'failed', alertname: 'Disk full', search: 'refused TEAM=storage pager 디스크'.normalize('NFD') }),
  ).toBe(true)
  expect(meets({ outcome: 'sent' })).toBe(false)
  expect(meets({ alertname: 'Disk' })).toBe(false)
  expect(meets({ search: 'refused nothing' })).toBe(false)
  const { alertNames: _, ...earlier } = body
  expect(meets({ alertname: 'A' }, { ...earlier, groupLabels: { alertname: 'A' } } as never)).toBe(true)
  expect(() => meets({ outcome: 'lost' })).toThrow(/outcome must be one of/)
})
