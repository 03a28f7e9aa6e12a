import { describe, expect, it } from 'vitest'
import { DEFAULT_QUERY_LIMITS } from '../limits.ts'
import { createGate } from './gate.ts'
import { createRuns, type RunRequest } from './runs.ts'
import { createTurns, STRETCH_MS } from './turns.ts'

const REQUEST: RunRequest = { tenant: 't', query: '{a="b"}', lane: 'query' }

function runs(limits: Partial<typeof DEFAULT_QUERY_LIMITS> = {}, ended: string[] = []) {
  return createRuns({ ...DEFAULT_QUERY_LIMITS, ...limits }, Date.now, ({ id }) => ended.push(id))
}

function spin(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('turns', () => {
  it('gives one stretch per round of the event loop, however many wait', async () => {
    const turns = createTurns()
    let rounds = 0
    let counting = true
    const count = (): void => {
      rounds++
      if (counting) setImmediate(count)
    }
    setImmediate(count)
    const work = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) await turns.next()
    }
    await Promise.all([work(), work(), work(), work()])
    counting = false
    expect(rounds).toBeGreaterThanOrEqual(39)
  })

  it('serves in order', async () => {
    const turns = createTurns()
    const order: number[] = []
    await Promise.all([1, 2, 3].map((n) => turns.next().then(() => order.push(n))))
    expect(order).toEqual([1, 2, 3])
  })
})

describe('the gate', () => {
  it('lets so many in, lets so many wait, refuses the rest', async () => {
    const gate = createGate(1, 1)
    const { signal } = new AbortController()
    const leave = await gate.enter(signal)
    let admitted = false
    const second = gate.enter(signal).then((leaveSecond) => {
      admitted = true
      return leaveSecond
    })
    await expect(gate.enter(signal)).rejects.toMatchObject({ status: 429, message: 'too many outstanding requests' })
    expect(admitted).toBe(false)
    leave()
    leave()
    ;(await second)()
    await expect(gate.enter(signal)).resolves.toBeTypeOf('function')
  })

  it('forgets those who went away while they waited', async () => {
    const gate = createGate(1, 1)
    const leave = await gate.enter(new AbortController().signal)
    const gone = new AbortController()
    const waiting = gate.enter(gone.signal)
    gone.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    const next = gate.enter(new AbortController().signal)
    leave()
    await expect(next).resolves.toBeTypeOf('function')
  })
})

describe('runs', () => {
  it('end in time, with the words of Loki', async () => {
    const ended: string[] = []
    const all = runs({ timeoutMs: 30 }, ended)
    const started = performance.now()
    await expect(
      all.run(REQUEST, async (run) => {
        for (;;) {
          spin(1)
          await run.breathe()
        }
      }),
    ).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/^request timed out, decrease the duration/),
    })
    expect(performance.now() - started).toBeLessThan(1000)
    expect(ended).toHaveLength(1)
    expect(all.list()).toEqual([])
  })

  it('end when the client is gone', async () => {
    const all = runs()
    const client = new AbortController()
    const work = all.run({ ...REQUEST, signal: client.signal }, async (run) => {
      for (;;) {
        spin(1)
        await run.breathe()
      }
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(all.list()).toMatchObject([{ tenant: 't', query: '{a="b"}' }])
    client.abort()
    await expect(work).rejects.toMatchObject({ code: 'cancelled', message: 'the request was cancelled by the client' })
    expect(all.list()).toEqual([])
  })

  it('leave the event loop to others while four of them evaluate', { retry: 2 }, async () => {
    const all = runs()
    const stop = new AbortController()
    const heavy = Array.from({ length: 4 }, () =>
      all.run({ ...REQUEST, signal: stop.signal }, async (run) => {
        for (;;) {
          spin(0.2)
          await run.breathe()
        }
      }),
    )
    const waits: number[] = []
    for (let i = 0; i < 20; i++) {
      const asked = performance.now()
      await new Promise((resolve) => setImmediate(resolve))
      waits.push(performance.now() - asked)
    }
    stop.abort()
    await Promise.allSettled(heavy)
    waits.sort((a, b) => a - b)
    // A round costs one stretch, not four. The median, for other programs use the machine too.
    expect(waits[10]).toBeLessThan(3.5 * STRETCH_MS)
  })

  it('free their place when a reader stops reading', async () => {
    const all = runs({ maxConcurrent: 1 })
    const endless = all.stream(REQUEST, async function* () {
      for (let n = 0; ; n++) yield n
    })
    for await (const n of endless) if (n === 3) break
    expect(all.list()).toEqual([])
    await expect(all.run(REQUEST, async () => 'next')).resolves.toBe('next')
  })
})
