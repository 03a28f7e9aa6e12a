import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSpool } from './open.ts'
import { drain, fill, numberOf, range, record, temporaryFolder } from './testing/records.ts'

const never = new AbortController().signal

describe('the spool', () => {
  it('gives records in order, the same until it is done, and again after a restart', async () => {
    using folder = temporaryFolder()
    const options = { folder: folder.path, destinations: ['a'], now: () => 1_763_755_200_000 }
    const spool = await openSpool(options)
    await spool.append({ ...record(1), tenant: 'team-a', count: 7 })
    await spool.append({ ...record(2), kind: 'samples' })
    const reader = spool.reader('a')
    const first = (await reader.next(never))!
    expect(first).toMatchObject({
      kind: 'logs',
      tenant: 'team-a',
      count: 7,
      sequence: 1,
      positions: record(1).positions,
    })
    expect(await reader.next(never)).toBe(first)
    expect(reader.backlog()).toMatchObject({ records: 2, oldestMs: 1_763_755_200_000 })
    await spool.close()

    const again = await openSpool(options)
    const reread = (await again.reader('a').next(never))!
    expect(reread.key).toBe(first.key)
    again.reader('a').done(reread)
    const second = (await again.reader('a').next(never))!
    expect(second).toMatchObject({ kind: 'samples', sequence: 2 })
    expect(second.tenant).toBeUndefined()
    expect(second.key).not.toBe(first.key)
    again.reader('a').done(second)
    expect(again.reader('a').backlog()).toEqual({ records: 0, bytes: 0, oldestMs: undefined })
    expect(again.usage()).toMatchObject({ waitingBytes: 0, corrupt: { records: 0, count: 0 }, error: undefined })
    await again.close()
    const third = await openSpool(options)
    await third.append(record(3))
    expect(await drain(third.reader('a'))).toEqual([3])
    await third.close()
  })

  it('waits for what comes, until it is told not to', async () => {
    using folder = temporaryFolder()
    const spool = await openSpool({ folder: folder.path, destinations: ['a'] })
    const coming = spool.reader('a').next(never)
    await spool.append(record(1))
    expect(numberOf((await coming)!)).toBe(1)
    spool.reader('a').done((await coming)!)
    const stop = new AbortController()
    const none = spool.reader('a').next(stop.signal)
    stop.abort()
    expect(await none).toBeUndefined()
    const atClose = spool.reader('a').next(never)
    await spool.close()
    expect(await atClose).toBeUndefined()
  })

  it('keeps what positions were, and forgets sources that are over', async () => {
    using folder = temporaryFolder()
    const options = { folder: folder.path, destinations: ['a'], segmentBytes: 2000 }
    const spool = await openSpool(options)
    expect(spool.kept).toEqual([])
    const move = (key: string, place: number | string | null, identity: unknown = { inode: key }) => ({
      ...record(1),
      payload: new Uint8Array(),
      count: 0,
      positions: [{ key, identity, place }],
    })
    await spool.append(move('gone', 5))
    await spool.append(move('journal', 's=abc;i=1'))
    for (let i = 0; i < 100; i++) await spool.append(move('file', i, { path: i < 50 ? 'old' : 'new' }))
    await spool.append(move('gone', null))
    // Records without lines are passed over, and what everyone has got is removed.
    expect(await drain(spool.reader('a'))).toEqual([])
    await spool.append(record(1))
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.spool')).length).toBeLessThan(3)
    await spool.close()
    const again = await openSpool(options)
    expect([...again.kept].sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
      { key: 'file', identity: { path: '/var/log/a.log' }, place: 1 },
      { key: 'journal', identity: { inode: 'journal' }, place: 's=abc;i=1' },
    ])
    await again.close()
  })

  it('lets each destination go at its own speed, and keeps what the slowest has not got', async () => {
    using folder = temporaryFolder()
    const options = { folder: folder.path, destinations: ['quick', 'slow'], segmentBytes: 1000 }
    const spool = await openSpool(options)
    await fill(spool, 1, 50)
    expect(await drain(spool.reader('quick'))).toEqual(range(1, 50))
    const slow = spool.reader('slow')
    for (let i = 1; i <= 20; i++) slow.done((await slow.next(never))!)
    expect(slow.backlog().records).toBe(30)
    expect(spool.usage().waitingBytes).toBe(slow.backlog().bytes)
    const files = readdirSync(folder.path).filter((name) => name.endsWith('.spool'))
    await spool.close()
    expect(files.length).toBeGreaterThan(3)
    expect(files).not.toContain('00000001.spool')

    // A new one begins with the oldest that is there; one that is no longer configured keeps nothing back.
    const again = await openSpool({ ...options, destinations: ['quick', 'new'] })
    const oldest = (await again.reader('new').next(never))!.sequence
    expect(oldest).toBeLessThanOrEqual(21)
    expect(readdirSync(folder.path)).not.toContain('cursor-slow')
    again.forgetOthers(['quick'])
    await fill(again, 51, 60)
    expect(await drain(again.reader('quick'))).toEqual(range(51, 60))
    expect(again.usage().bytes).toBeLessThan(3000)
    await again.close()
  })

  it('writes what was appended before it was closed, and nothing afterwards', async () => {
    using folder = temporaryFolder()
    const options = { folder: folder.path, destinations: ['a'] }
    const spool = await openSpool(options)
    const appended = Promise.all(range(1, 5).map((number) => spool.append(record(number))))
    const late = (await spool.reader('a').next(never))!
    await Promise.all([spool.close(), spool.close(), appended])
    spool.reader('a').done(late)
    await expect(spool.append(record(6))).rejects.toThrow('the spool is closed')
    const again = await openSpool(options)
    expect(await drain(again.reader('a'))).toEqual(range(1, 5))
    await again.close()
  })

  it('takes any name for a destination', async () => {
    using folder = temporaryFolder()
    const names = ['a/b', 'a b', '../x', '한국', 'x'.repeat(300), `${'x'.repeat(300)}y`]
    const options = { folder: folder.path, destinations: names }
    const spool = await openSpool(options)
    await fill(spool, 1, 6)
    for (const [i, name] of names.entries()) {
      const reader = spool.reader(name)
      for (let n = 0; n <= i; n++) reader.done((await reader.next(never))!)
    }
    await spool.close()
    const again = await openSpool(options)
    expect(names.map((name) => again.reader(name).backlog().records)).toEqual([5, 4, 3, 2, 1, 0])
    await again.close()
  })

  it('is written by one process at a time, which it names', async () => {
    using folder = temporaryFolder()
    // Longer than an address of a socket may be.
    const path = join(folder.path, 'x'.repeat(120))
    const options = { folder: path, destinations: ['a'] }
    const spool = await openSpool(options)
    await expect(openSpool(options)).rejects.toThrow(
      `the spool folder ${path} is in use by this process itself: stop it, or give this agent a data directory of its own`,
    )
    await spool.close()
    const again = await openSpool(options)
    await again.close()
  })

  it('never uses a number again, whatever files are lost', async () => {
    using folder = temporaryFolder()
    const options = { folder: folder.path, destinations: ['a'] }
    const spool = await openSpool(options)
    await fill(spool, 1, 5)
    await drain(spool.reader('a'))
    await spool.close()
    writeFileSync(join(folder.path, '00000001.spool'), '')
    const again = await openSpool(options)
    await again.append(record(6))
    expect((await again.reader('a').next(never))?.sequence).toBe(6)
    await again.close()
  })
})

describe('a full spool', () => {
  it('gives up the oldest records and counts what some destination did not get', async () => {
    using folder = temporaryFolder()
    const said: string[] = []
    const spool = await openSpool({
      folder: folder.path,
      destinations: ['quick', 'slow'],
      maxBytes: 20_000,
      segmentBytes: 2000,
      log: (_level, message) => said.push(message),
    })
    const [quick, slow] = [spool.reader('quick'), spool.reader('slow')]
    await fill(spool, 1, 100, { count: 3 })
    for (let i = 0; i < 40; i++) quick.done((await quick.next(never))!)
    // On its way, so in memory: its going is no loss.
    const onItsWay = (await slow.next(never))!
    const before = spool.usage().evicted.full
    await fill(spool, 101, 200, { count: 3 })
    expect(numberOf((await slow.next(never))!)).toBe(numberOf(onItsWay))
    slow.done(onItsWay)
    const rest = await drain(slow)
    expect(rest).toEqual(range(rest[0]!, 200))
    // What was given up while records were filled in for the first time, all but those that `slow` got: 3 lines each.
    const got = rest.length + 1
    expect(spool.usage().evicted).toEqual({ full: 3 * (200 - got), age: 0 })
    expect(before).toBeGreaterThan(0)
    expect((await drain(quick)).at(-1)).toBe(200)
    expect(spool.usage().bytes).toBeLessThanOrEqual(20_000)
    expect(statSync(folder.path).isDirectory()).toBe(true)
    expect(said).toEqual(['the oldest records are given up before they were sent: the spool is full'])
    await spool.close()
  })

  it('gives up what is too old, each line counted once, also for a destination that hangs', async () => {
    using folder = temporaryFolder()
    let now = 1_000_000
    const spool = await openSpool({
      folder: folder.path,
      destinations: ['a', 'b'],
      maxAgeMs: 10_000,
      segmentBytes: 1000,
      now: () => now,
    })
    const [a, b] = [spool.reader('a'), spool.reader('b')]
    for (let number = 1; number <= 30; number++) {
      now += 1000
      await spool.append(record(number, { count: 2 }))
    }
    // Everything before 1_020_000 is older than ten seconds: numbers 1 to 19.
    expect(numberOf((await a.next(never))!)).toBe(20)
    expect(numberOf((await b.next(never))!)).toBe(20)
    expect(spool.usage().evicted).toEqual({ full: 0, age: 38 })
    now += 5000
    expect(numberOf((await b.next(never))!)).toBe(25)
    expect(await drain(a)).toEqual(range(25, 30))
    expect(spool.usage().evicted).toEqual({ full: 0, age: 48 })
    await spool.close()
  })
})

it('writes nothing that others may read', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'spool')
  const spool = await openSpool({ folder: path, destinations: ['a'], segmentBytes: 500 })
  await fill(spool, 1, 10)
  await spool.close()
  const files = readdirSync(path)
  expect(files).toContain('positions.json')
  for (const name of files) expect(statSync(join(path, name)).mode & 0o077, name).toBe(0)
  expect(statSync(path).mode & 0o077).toBe(0)
  expect(readFileSync(join(path, 'identity.json'), 'utf8')).toMatch(
    /^\{"version":1,"id":"[0-9a-f]{16}"\}\n[0-9a-f]{8}\n$/,
  )
})
