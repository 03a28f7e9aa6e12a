import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { randomOf } from '../model/testing/random.ts'
import type { SpoolOptions } from './disk-spool.ts'
import { openSpool } from './open.ts'
import { drain, fill, range, record, temporaryFolder } from './testing/records.ts'

const FIRST = '00000001.spool'

/** A folder with a spool of these records that was closed. */
async function filled(count: number, options: Partial<SpoolOptions> = {}) {
  const folder = temporaryFolder()
  const spool = await openSpool({ folder: folder.path, destinations: ['a'], ...options })
  await fill(spool, 1, count, { count: 2 })
  await spool.close()
  return folder
}

async function opened<T>(
  path: string,
  use: (spool: Awaited<ReturnType<typeof openSpool>>) => Promise<T>,
  options: Partial<SpoolOptions> = {},
): Promise<T> {
  const spool = await openSpool({ folder: path, destinations: ['a'], fsync: false, ...options })
  try {
    return await use(spool)
  } finally {
    await spool.close()
  }
}

function segmentFiles(path: string): string[] {
  return readdirSync(path)
    .filter((name) => name.endsWith('.spool'))
    .sort()
}

const placeOf = ({ kept }: { readonly kept: readonly { readonly place: unknown }[] }) => kept[0]?.place

describe('a spool that was damaged', () => {
  it('loses only the last record wherever its writing broke off, and goes on behind the one before', async () => {
    using folder = await filled(3)
    const file = join(folder.path, FIRST)
    const whole = readFileSync(file)
    const start = Math.round((whole.length / 3) * 2)
    for (let length = start; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length))
      rmSync(join(folder.path, 'cursor-a'))
      await opened(folder.path, async (spool) => {
        expect(placeOf(spool), `${length} bytes`).toBe(2)
        expect(spool.usage().corrupt.records).toBe(0)
        await spool.append(record(9))
        expect(await drain(spool.reader('a'))).toEqual([1, 2, 9])
      })
    }
  })

  it('takes zeros behind the last record, or in its place, for nothing', async () => {
    using folder = await filled(3)
    const file = join(folder.path, FIRST)
    const whole = readFileSync(file)
    const start = Math.round((whole.length / 3) * 2)
    for (const [content, expected] of [
      [Buffer.concat([whole, Buffer.alloc(5000)]), [1, 2, 3]],
      [Buffer.concat([whole.subarray(0, start), Buffer.alloc(9000)]), [1, 2]],
      [Buffer.alloc(9000), []],
    ] as const) {
      writeFileSync(file, content)
      rmSync(join(folder.path, 'cursor-a'))
      await opened(folder.path, async (spool) => {
        expect(spool.usage().corrupt.records).toBe(0)
        expect(await drain(spool.reader('a'))).toEqual(expected)
        expect(statSync(file).size).toBeLessThanOrEqual(whole.length)
        expect(segmentFiles(folder.path)).toEqual([FIRST])
      })
    }
  })

  it('gives everything that can be verified after any byte was flipped, and counts the rest', async () => {
    const seed = Date.now() % 1_000_000
    const random = randomOf(seed)
    using folder = await filled(24, { segmentBytes: 1500 })
    using work = temporaryFolder()
    const names = segmentFiles(folder.path)
    expect(names.length).toBeGreaterThan(3)
    for (let round = 0; round < 80; round++) {
      const path = join(work.path, `${round}`)
      cpSync(folder.path, path, { recursive: true })
      const name = names[random(names.length)] as string
      const bytes = readFileSync(join(path, name))
      const at = random(bytes.length)
      bytes[at]! ^= 1 << random(8)
      writeFileSync(join(path, name), bytes)
      await opened(path, async (spool) => {
        const told = `seed ${seed}, round ${round}: byte ${at} of ${name}`
        await spool.append(record(99))
        const numbers = await drain(spool.reader('a'))
        const lost = range(1, 24).filter((number) => !numbers.includes(number))
        expect(lost.length, told).toBe(1)
        expect(numbers, told).toEqual([...range(1, 24).filter((number) => number !== lost[0]), 99])
        const { corrupt } = spool.usage()
        // At the very end damage may look like a write that broke off: then the sources are read again from before it.
        if (lost[0] === 24) expect(placeOf(spool), told).toBe(23)
        else expect(corrupt.records, told).toBe(1)
        expect([0, 2], told).toContain(corrupt.count)
      })
      rmSync(path, { recursive: true })
    }
  })

  it('finds the next record behind damage of any length', async () => {
    using folder = await filled(10)
    const file = join(folder.path, FIRST)
    const bytes = readFileSync(file)
    const size = bytes.length / 10
    bytes.fill(0xab, Math.round(size * 2.9), Math.round(size * 5.5))
    writeFileSync(file, bytes)
    await opened(folder.path, async (spool) => {
      const numbers = await drain(spool.reader('a'))
      expect(numbers).toEqual([1, 2, 7, 8, 9, 10])
      // Of one of them it is known how many lines it held.
      expect(spool.usage().corrupt).toEqual({ records: 4, count: 2 })
      expect(placeOf(spool)).toBe(10)
    })
  })

  it('counts a file that is missing in the middle, and sets aside one that cannot be read at all', async () => {
    using folder = await filled(30, { segmentBytes: 1500 })
    using copy = temporaryFolder()
    cpSync(folder.path, copy.path, { recursive: true })
    const second = segmentFiles(folder.path)[1] as string
    rmSync(join(folder.path, second))
    await opened(folder.path, async (spool) => {
      const numbers = await drain(spool.reader('a'))
      expect(numbers.length + spool.usage().corrupt.records).toBe(30)
      expect(numbers.at(-1)).toBe(30)
    })
    const noise = join(copy.path, second)
    writeFileSync(noise, Buffer.alloc(statSync(noise).size, 'noise'))
    await opened(copy.path, async (spool) => {
      const numbers = await drain(spool.reader('a'))
      expect(numbers.length + spool.usage().corrupt.records).toBe(30)
      expect(readdirSync(copy.path)).toContain(`${second}.unreadable`)
    })
  })

  it('begins at the oldest record when a cursor is garbage, under the same keys', async () => {
    using folder = await filled(4)
    const keys = await opened(folder.path, async (spool) => {
      const found = (await spool.reader('a').next(new AbortController().signal))!
      await drain(spool.reader('a'))
      return found.key
    })
    for (const garbage of [Buffer.alloc(0), Buffer.alloc(64, 'x'), Buffer.from('short')]) {
      writeFileSync(join(folder.path, 'cursor-a'), garbage)
      await opened(folder.path, async (spool) => {
        expect((await spool.reader('a').next(new AbortController().signal))?.key).toBe(keys)
        expect(await drain(spool.reader('a'))).toEqual([1, 2, 3, 4])
      })
    }
    // One slot damaged: the other says where it was one step before.
    for (const at of [5, 37]) {
      const cursor = readFileSync(join(folder.path, 'cursor-a'))
      cursor[at]! ^= 1
      writeFileSync(join(folder.path, 'cursor-a'), cursor)
      await opened(folder.path, async (spool) => {
        expect((await drain(spool.reader('a'))).length).toBeLessThanOrEqual(1)
      })
    }
  })

  it('keeps positions when snapshots, or the identity, are garbage', async () => {
    using folder = await filled(30, { segmentBytes: 1500 })
    const key = await opened(folder.path, async (spool) => {
      const found = (await spool.reader('a').next(new AbortController().signal))!
      return found.key
    })
    const damage = (name: string) => writeFileSync(join(folder.path, name), 'garbage\n')
    for (const names of [['positions.json'], ['positions.copy.json'], ['positions.json', 'positions.copy.json']]) {
      for (const name of names) damage(name)
      await opened(folder.path, async (spool) => expect(placeOf(spool)).toBe(30))
    }
    damage('identity.json')
    await opened(folder.path, async (spool) => {
      expect((await spool.reader('a').next(new AbortController().signal))?.key).toBe(key)
      expect(await drain(spool.reader('a'))).toEqual(range(1, 30))
    })
  })

  it('keeps positions of removed records when one snapshot is garbage', async () => {
    using folder = temporaryFolder()
    await opened(
      folder.path,
      async (spool) => {
        await spool.append({ ...record(1), positions: [{ key: 'early', identity: {}, place: 77 }] })
        await fill(spool, 2, 40)
        await drain(spool.reader('a'))
        expect(readdirSync(folder.path)).not.toContain(FIRST)
      },
      { segmentBytes: 1500 },
    )
    for (const name of ['positions.json', 'positions.copy.json']) {
      copyFileSync(join(folder.path, name), join(folder.path, 'kept'))
      truncateSync(join(folder.path, name), 30)
      await opened(folder.path, async (spool) => {
        expect(spool.kept.find(({ key }) => key === 'early')?.place).toBe(77)
      })
      copyFileSync(join(folder.path, 'kept'), join(folder.path, name))
    }
  })

  it('goes on when a file disappears while it is read', async () => {
    using folder = await filled(30, { segmentBytes: 1500 })
    await opened(folder.path, async (spool) => {
      const reader = spool.reader('a')
      reader.done((await reader.next(new AbortController().signal))!)
      rmSync(join(folder.path, segmentFiles(folder.path)[2] as string))
      const numbers = await drain(reader)
      expect(1 + numbers.length + spool.usage().corrupt.records).toBe(30)
      expect(numbers.at(-1)).toBe(30)
    })
  })
})

it('waits while nothing can be written, says so once, and leaves no half of a record behind', async () => {
  using folder = temporaryFolder()
  const said: string[] = []
  const log = (_level: string, message: string) => said.push(message)
  const options = { folder: folder.path, destinations: ['a'], segmentBytes: 1_000_000, log }
  const spool = await openSpool(options)
  await fill(spool, 1, 3, { bytes: 10_000 })
  // The kernel refuses to let a file grow: part of a record is written, then comes an error, as with a full disk.
  const limit = (bytes: string) => execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:`])
  const ignore = () => {}
  process.on('SIGXFSZ', ignore)
  limit('35000')
  let isDone = false
  const waiting = spool.append(record(4, { bytes: 10_000 })).then(() => {
    isDone = true
  })
  await expect
    .poll(() => spool.usage().error, { timeout: 5000 })
    .toMatch(/^cannot write to .* is tried again each second$/)
  await expect.poll(() => statSync(join(folder.path, FIRST)).size).toBeLessThan(31_000)
  await new Promise((later) => setTimeout(later, 1500))
  expect(isDone).toBe(false)
  expect(await drain(spool.reader('a'))).toEqual([1, 2, 3])
  limit('unlimited')
  await waiting
  process.off('SIGXFSZ', ignore)
  expect(spool.usage().error).toBeUndefined()
  await fill(spool, 5, 6)
  expect(await drain(spool.reader('a'))).toEqual([4, 5, 6])
  expect(said.length).toBe(2)
  expect(said[1]).toBe('the spool can be written again')
  await spool.close()
  await opened(folder.path, async (again) => expect(placeOf(again)).toBe(6))
})
