import { describe, expect, test } from 'vitest'
import { createMemoryState } from '../../../store/testing/memory-state.ts'
import { parseMatchers } from '../matchers/parse-matchers.ts'
import { createHandClock } from '../testing/hand-clock.ts'
import { LONGEST_SILENCE, openSilences } from './create-silences.ts'
import type { SilenceChange } from './silences.ts'

const HOUR_MS = 3_600_000
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

async function setUp() {
  const clock = createHandClock()
  const store = createMemoryState(clock.now)
  const open = () => openSilences({ tenant: 'default', store, clock, retentionMs: 120 * HOUR_MS })
  const start = clock.now()
  const change = (given: Partial<SilenceChange> & { readonly of?: string } = {}): SilenceChange => {
    const { of = 'host="a"', ...rest } = given
    return {
      matchers: parseMatchers(of),
      startsAtMs: start,
      endsAtMs: start + HOUR_MS,
      createdBy: 'kim',
      comment: 'planned',
      ...rest,
    }
  }
  return { clock, store, open, start, change, silences: await open() }
}

const labels = (given: Readonly<Record<string, string>>) => new Map(Object.entries(given))
const hostA = labels({ alertname: 'slow', host: 'a' })

describe('a silence', () => {
  test('is in force from its start to its end and is then kept for a while', async () => {
    const { clock, start, change, silences } = await setUp()
    const id = await silences.set(change({ startsAtMs: start + HOUR_MS, endsAtMs: start + 2 * HOUR_MS }))
    expect(id).toMatch(UUID)
    const seen: unknown[] = []
    for (const hours of [0, 1, 1, 119, 1]) {
      await clock.advance(hours * HOUR_MS)
      seen.push([silences.get(id)?.state, silences.silencing(hostA, clock.now()).length])
    }
    expect(seen).toEqual([
      ['pending', 0],
      ['active', 1],
      ['expired', 0],
      ['expired', 0],
      [undefined, 0],
    ])
    expect(silences.list()).toEqual([])
  })

  test('starts now when it was to start in the past', async () => {
    const { start, change, silences } = await setUp()
    const id = await silences.set(change({ startsAtMs: start - HOUR_MS }))
    expect(silences.get(id)).toMatchObject({
      startsAtMs: start,
      updatedAtMs: start,
      createdBy: 'kim',
      comment: 'planned',
    })
  })

  test('fits by every kind of matcher', async () => {
    const { clock, change, silences } = await setUp()
    const of = 'team="x",host=~"a|b",zone!="eu",rack!~"r1.*"'
    await silences.set(change({ of }))
    const isSilenced = (given: Readonly<Record<string, string>>) =>
      silences.silencing(labels(given), clock.now()).length > 0
    expect(isSilenced({ team: 'x', host: 'b' })).toBe(true)
    expect(isSilenced({ team: 'x', host: 'c' })).toBe(false)
    expect(isSilenced({ team: 'x', host: 'a', zone: 'eu' })).toBe(false)
    expect(isSilenced({ team: 'x', host: 'a', rack: 'r12' })).toBe(false)
    expect(isSilenced({ host: 'a' })).toBe(false)
  })

  test('is expired once, and a second time changes nothing', async () => {
    const { clock, start, change, silences } = await setUp()
    const active = await silences.set(change())
    const pending = await silences.set(change({ startsAtMs: start + HOUR_MS, endsAtMs: start + 2 * HOUR_MS }))
    await clock.advance(1_000)
    await silences.expire(active)
    await silences.expire(pending)
    expect(silences.silencing(hostA, clock.now())).toEqual([])
    const ended = { state: 'expired', endsAtMs: start + 1_000, updatedAtMs: start + 1_000 }
    expect(silences.get(active)).toMatchObject({ ...ended, startsAtMs: start })
    expect(silences.get(pending)).toMatchObject({ ...ended, startsAtMs: start + 1_000 })
    await clock.advance(1_000)
    await silences.expire(active)
    expect(silences.get(active)).toMatchObject(ended)
    await expect(silences.expire('none')).rejects.toMatchObject({ code: 'not_found' })
  })

  test.each([
    [{ endsAtMs: 0 }, 'Failed to create silence: start time must be before end time'],
    [{ endsAtMs: Number.NaN }, 'Failed to create silence: start time must be before end time'],
    [{ startsAtMs: 0, endsAtMs: 1 }, "Failed to create silence: end time can't be in the past"],
    [{ matchers: [] }, 'invalid silence: at least one matcher required'],
    [{ of: 'a=""' }, 'invalid silence: matcher set 0: at least one matcher must not match the empty string'],
    [{ of: 'a=~".*",b=~"x|"' }, 'invalid silence: matcher set 0: at least one matcher must not match the empty string'],
    [{ recurrence: [{ weekdays: ['someday'] }] }, 'invalid silence: recurrence 0: weekdays.0'],
  ])('%j is refused', async (given, message) => {
    const { change, silences, store } = await setUp()
    await expect(silences.set(change(given))).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining(message),
    })
    expect(store.puts()).toBe(0)
  })

  test('may ask for the absence of a label by what is unequal to nothing', async () => {
    const { clock, change, silences } = await setUp()
    await silences.set(change({ of: 'host!="",zone=""' }))
    expect(silences.silencing(hostA, clock.now())).toHaveLength(1)
    expect(silences.silencing(labels({ alertname: 'x' }), clock.now())).toEqual([])
  })
})

describe('a change', () => {
  test('of the end, the comment and the author keeps the id', async () => {
    const { start, change, silences } = await setUp()
    const id = await silences.set(change())
    const next = { id, endsAtMs: start + 5 * HOUR_MS, comment: 'longer', createdBy: 'lee' }
    // Clients print times without milliseconds.
    expect(await silences.set(change({ ...next, startsAtMs: start + 999 }))).toBe(id)
    expect(silences.list()).toMatchObject([next])
  })

  test('of the start of one that is in force, or of what it fits, ends it and makes another', async () => {
    const { clock, start, change, silences } = await setUp()
    const first = await silences.set(change())
    await clock.advance(10_000)
    const second = await silences.set(change({ id: first, of: 'host="b"' }))
    const third = await silences.set(change({ id: second, of: 'host="b"', startsAtMs: start + HOUR_MS / 2 }))
    expect(new Set([first, second, third]).size).toBe(3)
    expect(silences.list()[0]).toMatchObject({ id: third, state: 'pending' })
    for (const id of [first, second]) expect(silences.get(id)?.state).toBe('expired')
    expect(silences.get(first)?.endsAtMs).toBe(start + 10_000)
  })

  test('of one to come may move its start, but not into the past', async () => {
    const { start, change, silences } = await setUp()
    const times = { startsAtMs: start + HOUR_MS, endsAtMs: start + 2 * HOUR_MS }
    const id = await silences.set(change(times))
    expect(await silences.set(change({ ...times, id, startsAtMs: start + 1 }))).toBe(id)
    expect(await silences.set(change({ ...times, id, startsAtMs: start - 1 }))).not.toBe(id)
  })

  test('of one that is over makes another and leaves the old as it was', async () => {
    const { clock, start, change, silences } = await setUp()
    const id = await silences.set(change())
    await clock.advance(2 * HOUR_MS)
    const again = await silences.set(change({ id, endsAtMs: start + 3 * HOUR_MS }))
    expect(again).not.toBe(id)
    expect(silences.get(id)).toMatchObject({ endsAtMs: start + HOUR_MS, updatedAtMs: start })
    expect(silences.get(again)).toMatchObject({ state: 'active', startsAtMs: start + 2 * HOUR_MS })
  })

  test('of one that nobody knows is refused', async () => {
    const { change, silences } = await setUp()
    await expect(silences.set(change({ id: 'x' }))).rejects.toMatchObject({
      code: 'not_found',
      message: 'silence not found',
    })
  })
})

describe('a recurring silence', () => {
  const nights = [
    { times: [{ start_time: '22:00', end_time: '24:00' }] },
    { times: [{ start_time: '00:00', end_time: '06:00' }] },
  ]

  test('is in force in its spans only, and raises the version when they begin and end', async () => {
    const { clock, start, change, silences } = await setUp()
    const id = await silences.set(change({ endsAtMs: start + 48 * HOUR_MS, recurrence: nights }))
    const turns: number[] = []
    let before = false
    for (let hour = 0; hour < 50; hour++) {
      const version = silences.version()
      const isSilenced = silences.silencing(hostA, clock.now()).includes(id)
      if (isSilenced !== before) turns.push(hour)
      before = isSilenced
      await clock.advance(HOUR_MS)
      if (hour < 47) expect(silences.version()).toBeGreaterThan(version)
    }
    // The test begins at midnight.
    expect(turns).toEqual([0, 6, 22, 30, 46, 48])
    expect(silences.get(id)?.state).toBe('expired')
  })

  test('keeps its spans through a change by a client that knows nothing of them', async () => {
    const { clock, change, silences } = await setUp()
    const id = await silences.set(change({ recurrence: nights, notifyResolved: false }))
    expect(await silences.set(change({ id, comment: 'as amtool does' }))).toBe(id)
    expect(silences.get(id)).toMatchObject({ recurrence: nights, notifyResolved: false, comment: 'as amtool does' })
    const plain = await silences.set(change({ id, recurrence: [], notifyResolved: true }))
    expect(plain).not.toBe(id)
    expect(silences.get(plain)).toMatchObject({ notifyResolved: true })
    expect(silences.get(plain)).not.toHaveProperty('recurrence')
    await clock.advance(7 * HOUR_MS)
  })
})

describe('silences', () => {
  test('outlive a restart', async () => {
    const { clock, start, change, silences, open } = await setUp()
    const annotations = new Map([['ticket', 'T-1']])
    const recurrence = [{ weekdays: ['thursday'], location: 'Asia/Seoul' }]
    await silences.set(change({ of: 'host=~"a.*"', annotations, recurrence, notifyResolved: false }))
    await silences.set(change({ of: 'host!="b"' }))
    await silences.expire(await silences.set(change({ of: 'host!~"b"', endsAtMs: start + 9 * HOUR_MS })))
    const again = await open()
    const plain = (one: typeof again) =>
      JSON.parse(JSON.stringify(one.list(), (_, value) => (value instanceof Map ? [...value] : value)))
    expect(plain(again)).toEqual(plain(silences))
    expect(again.silencing(hostA, clock.now())).toEqual(silences.silencing(hostA, clock.now()))
    expect(again.silencing(hostA, clock.now())).toHaveLength(2)
  })

  test('are listed as Alertmanager lists them', async () => {
    const { clock, start, change, silences } = await setUp()
    const make = (comment: string, from: number, to: number) =>
      silences.set(change({ comment, startsAtMs: start + from * HOUR_MS, endsAtMs: start + to * HOUR_MS }))
    await make('over first', 0, 1)
    await make('over last', 0, 2)
    await make('ends last', 0, 9)
    await make('ends first', 0, 8)
    await make('starts last', 6, 7)
    await make('starts first', 5, 10)
    await clock.advance(3 * HOUR_MS)
    const comments = silences.list().map(({ comment }) => comment)
    expect(comments).toEqual(['ends first', 'ends last', 'starts first', 'starts last', 'over last', 'over first'])
  })

  test('have a version that rises with each change, also with those that time brings', async () => {
    const { clock, start, change, silences } = await setUp()
    const versions = [silences.version()]
    const note = () => versions.push(silences.version())
    const id = await silences.set(change({ startsAtMs: start + HOUR_MS, endsAtMs: start + 2 * HOUR_MS }))
    note()
    await clock.advance(HOUR_MS)
    note()
    await clock.advance(HOUR_MS)
    note()
    await silences.expire(await silences.set(change({ startsAtMs: start + HOUR_MS, endsAtMs: start + 9 * HOUR_MS })))
    note()
    expect(new Set(versions).size).toBe(versions.length)
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
    expect(silences.get(id)?.state).toBe('expired')
    const still = silences.version()
    await clock.advance(1_000)
    expect(silences.version()).toBe(still)
  })

  test('that cannot be written do not count', async () => {
    const { clock, store, change, open } = await setUp()
    const kept = await (await open()).set(change({ of: 'host="b"' }))
    const broken = { load: store.load, put: () => Promise.reject(new Error('disk')) }
    const silences = await openSilences({ tenant: 'default', store: broken, clock, retentionMs: HOUR_MS })
    await expect(silences.set(change())).rejects.toThrow('disk')
    await expect(silences.expire(kept)).rejects.toThrow('disk')
    expect(silences.list().map(({ id, state }) => [id, state])).toEqual([[kept, 'active']])
    expect(silences.silencing(hostA, clock.now())).toEqual([])
  })

  test('have a largest size', async () => {
    const { change, silences } = await setUp()
    const comment = 'x'.repeat(LONGEST_SILENCE)
    await expect(silences.set(change({ comment }))).rejects.toMatchObject({ code: 'limit_exceeded' })
    expect(silences.list()).toEqual([])
  })

  test('that come and go are found for alerts that were looked at before', async () => {
    const { clock, change, silences } = await setUp()
    const found = () => silences.silencing(hostA, clock.now())
    const first = await silences.set(change({ of: 'host="a"' }))
    expect(found()).toEqual([first])
    const second = await silences.set(change({ of: 'alertname=~"s.*"' }))
    await silences.set(change({ of: 'host="b"' }))
    expect(found()).toEqual([first, second].sort())
    await silences.expire(first)
    expect(found()).toEqual([second])
    const third = await silences.set(change({ of: 'alertname="slow"' }))
    expect(found()).toEqual([second, third].sort())
  })

  test('a thousand of them are held against ten thousand alerts once, not at each flush', async () => {
    const { clock, start, change, silences } = await setUp()
    let compared = 0
    for (let i = 0; i < 1_000; i++) {
      const [matcher] = parseMatchers(i % 10 > 0 ? `host="h${i}"` : `host=~"h${i}"`)
      const matches = (value: string) => {
        compared++
        return matcher?.matches(value) ?? false
      }
      if (matcher) await silences.set(change({ matchers: [{ ...matcher, matches }], endsAtMs: start + 9 * HOUR_MS }))
    }
    const alerts = Array.from({ length: 10_000 }, (_, i) => labels({ alertname: 'x', host: `h${i % 2_000}` }))
    const look = () => alerts.filter((one) => silences.silencing(one, clock.now()).length > 0).length
    compared = 0
    expect(look()).toBe(5_000)
    // Those with an exact value are only compared with alerts that have it.
    expect(compared).toBe(100 * 10_000 + 900 * 5)
    compared = 0
    expect(look()).toBe(5_000)
    await silences.expire(silences.list()[0]?.id ?? '')
    look()
    expect(compared).toBe(0)
    await silences.set(change({ of: 'alertname="none"' }))
    expect(look()).toBe(4_995)
    expect(compared).toBe(0)
  })
})
