import type { Panel, PanelQuery } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../../../api/error.ts'
import type { FetchQuery, QueryAnswer } from './panel-answer.ts'
import { PanelData } from './panel-data.ts'
import { requestKey, requestOf, variablesOf } from './panel-request.ts'
import { Queue } from './queue.ts'

const minute = 60_000_000_000n
const range = { from: 1_000n * minute + 7_000_000n, to: 1_060n * minute + 7_000_000n }
const query = (ref: string, expr: string, more: Partial<PanelQuery> = {}): PanelQuery => ({
  ref,
  language: 'promql',
  expr,
  ...more,
})

function panel(queries: readonly PanelQuery[], kind: Panel['kind'] = 'line'): Panel {
  return { id: 1, title: '', kind, place: { x: 0, y: 0, w: 12, h: 8 }, queries }
}

const scopeOf = (intervalMs: number) => ({
  variables: new Map([['m', { values: ['a'], many: false }]]),
  fromMs: 0,
  toMs: 3_600_000,
  intervalMs,
})
const request = (queries: readonly PanelQuery[], kind?: Panel['kind']) =>
  requestOf(panel(queries, kind), range, 600, scopeOf)
const series = (one: Parameters<FetchQuery>[0], value: string): QueryAnswer => ({
  query: one.query,
  expr: one.expr,
  kind: 'series',
  series: [{ metric: {}, values: [[1, value]] }],
})

describe('a request', () => {
  it('has times on its step, variables filled in, and only what is shown', () => {
    const asked = request([
      query('A', 'rate(x{m="$m"}[$__rate_interval])'),
      query('B', 'y', { hidden: true }),
      query('C', ' '),
    ])
    expect(asked.stepMs).toBe(30_000)
    expect(asked.startMs % asked.stepMs).toBe(0)
    expect(asked.startMs).toBeLessThanOrEqual(Number(range.from / 1_000_000n))
    expect(asked.endMs).toBeLessThanOrEqual(Number(range.to / 1_000_000n))
    expect(asked.queries.map(({ expr, kind }) => [expr, kind])).toEqual([['rate(x{m="a"}[1m])', 'series']])
    expect([...variablesOf(panel([query('A', 'x{m="$m"} + $n')]))]).toEqual(['m', 'n'])
  })

  it('asks for one time or for lines where the panel wants these', () => {
    expect(request([query('A', 'x', { instant: true })]).queries[0]?.kind).toBe('instant')
    expect(request([query('A', '{a="b"}', { language: 'logql' })], 'logs').queries[0]?.kind).toBe('lines')
  })

  it('is known by what it asks', () => {
    expect(requestKey(request([query('A', 'x')]))).toBe(requestKey(request([query('A', 'x', { legend: 'other' })])))
    expect(requestKey(request([query('A', 'x')]))).not.toBe(requestKey(request([query('A', 'y')])))
  })
})

describe('data of a panel', () => {
  it('answers in the order of the queries', async () => {
    const data = new PanelData(async (one) => series(one, one.expr), new Queue(2))
    const asked = data.ask(request([query('A', 'a'), query('B', 'b')]))
    expect(data.loading.value).toBe(true)
    await asked
    expect(data.answer.value?.answers.map(({ expr }) => expr)).toEqual(['a', 'b'])
    expect(data.loading.value).toBe(false)
  })

  it('forgets the question before', async () => {
    const finish: (() => void)[] = []
    const data = new PanelData(async (one) => {
      await new Promise<void>((done) => finish.push(done))
      return series(one, one.expr)
    }, new Queue(5))
    const first = data.ask(request([query('A', 'old')]))
    const second = data.ask(request([query('A', 'new')]))
    await Promise.resolve()
    for (const done of finish.reverse()) done()
    await Promise.all([first, second])
    expect(data.answer.value?.answers[0]?.expr).toBe('new')
    expect(data.loading.value).toBe(false)
  })

  it('keeps the last answer beside a fault, and drops the fault with the next answer', async () => {
    let broken = false
    const data = new PanelData(async (one) => {
      if (broken && one.expr === 'b') throw new ApiError(422, 'too much')
      return series(one, '1')
    }, new Queue(1))
    const asked = request([query('A', 'a'), query('B', 'b')])
    await data.ask(asked)
    broken = true
    await data.ask(asked)
    expect(data.fault.value).toMatchObject({ expr: 'b', error: { status: 422, message: 'too much' } })
    expect(data.answer.value).toBeDefined()
    broken = false
    await data.ask(asked)
    expect(data.fault.value).toBeUndefined()
  })

  it('can be taken back', async () => {
    const data = new PanelData(
      (_, __, abort) => new Promise((_, reject) => abort.addEventListener('abort', () => reject(abort.reason))),
    )
    const asked = data.ask(request([query('A', 'a')]))
    data.cancel()
    await asked
    expect(data.loading.value).toBe(false)
    expect(data.fault.value).toBeUndefined()
  })
})
