import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { recordOf } from '../../testing/record.ts'
import { dailyFileHandler } from './daily.ts'
import type { FileHandler } from './handler.ts'
import { rotatingFileHandler } from './rotating.ts'
import { timedRotatingFileHandler } from './timed.ts'
import { timestampedPath } from './timestamped-path.ts'

const zone = process.env.TZ
let directory = ''
const complaints: string[] = []
const complain = (text: string) => void complaints.push(text)
const formatter = { format: (record: { message: string }) => record.message }
const common = { formatter, complain }

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'girok-rotation-'))
  complaints.length = 0
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const at = (text: string) => new Date(text).getTime()
const file = (name: string) => join(directory, name)
const names = () => readdirSync(directory).sort()

function content(name: string): string {
  const bytes = readFileSync(file(name))
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
}

function log(handler: FileHandler, message: string, timeMs = Date.now()): void {
  handler.handle(recordOf({ message, timeMs }))
}

describe('by size', () => {
  test('app.log becomes .1, .1 becomes .2, and no more than backupCount are kept', async () => {
    const handler = rotatingFileHandler({ path: file('app.log'), maxBytes: 10, backupCount: 2, ...common })
    for (const message of ['one', 'two', 'three', 'four', 'five', 'six', 'seven']) log(handler, message)
    await handler.close()
    expect(names()).toEqual(['app.log', 'app.log.1', 'app.log.2'])
    expect(names().map(content)).toEqual(['six\nseven\n', 'four\nfive\n', 'three\n'])
    expect(handler.stats).toEqual({ written: 7, bytes: 34, dropped: 0 })
  })

  test('a file that is there counts; a record longer than a file has one for itself', async () => {
    writeFileSync(file('app.log'), 'before\n')
    const handler = rotatingFileHandler({ path: file('app.log'), maxBytes: '10 B', ...common })
    log(handler, '기록')
    log(handler, 'x'.repeat(30))
    log(handler, 'y')
    await handler.close()
    expect(names().map(content)).toEqual(['y\n', `${'x'.repeat(30)}\n`, '기록\n', 'before\n'])
  })

  test('a gap that a crash left is filled, so that no file goes for it', async () => {
    for (const number of [1, 3]) writeFileSync(file(`app.log.${number}`), `${number}\n`)
    writeFileSync(file('app.log'), 'full\n')
    const handler = rotatingFileHandler({ path: file('app.log'), maxBytes: 5, backupCount: 3, ...common })
    log(handler, 'next')
    await handler.close()
    expect(names().map((name) => [name, content(name)])).toEqual([
      ['app.log', 'next\n'],
      ['app.log.1', 'full\n'],
      ['app.log.2', '1\n'],
      ['app.log.3', '3\n'],
    ])
  })

  test('a rotation that fails costs no line: the file is written on', async () => {
    writeFileSync(file('app.log'), 'full\n')
    // A directory that is not empty stands where the old file should go.
    const blocked = file('app.log.1')
    mkdirSync(join(blocked, 'inside'), { recursive: true })
    const handler = rotatingFileHandler({ path: file('app.log'), maxBytes: 5, backupCount: 1, ...common })
    log(handler, 'next')
    log(handler, 'last')
    await handler.close()
    expect(content('app.log')).toBe('full\nnext\nlast\n')
    expect(complaints.join()).toContain('cannot be rotated and is written on')
  })

  test('bad options are refused', () => {
    const options = { path: file('app.log'), ...common }
    expect(() => rotatingFileHandler({ ...options, maxBytes: '10 parsecs' })).toThrow(/maxBytes of .*"10 parsecs"/)
    expect(() => rotatingFileHandler({ ...options, maxBytes: 10, backupCount: 0 })).toThrow('backupCount of')
    expect(existsSync(file('app.log'))).toBe(false)
  })
})

describe('by time', () => {
  beforeEach(() => {
    process.env.TZ = 'Asia/Seoul'
  })

  test('at local midnight the file gets the date it was for; backupCount are kept', async () => {
    const handler = timedRotatingFileHandler({ path: file('app.log'), backupCount: 2, ...common })
    log(handler, 'saturday', at('2024-12-28T14:59:59.999Z'))
    log(handler, 'sunday', at('2024-12-28T15:00:00.000Z'))
    log(handler, 'thursday', at('2025-01-02T00:00:00.000Z'))
    expect(names()).toEqual(['app.log', 'app.log.2024-12-28', 'app.log.2024-12-29'])
    log(handler, 'friday', at('2025-01-03T00:00:00.000Z'))
    await handler.close()
    expect(names()).toEqual(['app.log', 'app.log.2024-12-29', 'app.log.2025-01-02'])
    expect(names().map(content)).toEqual(['friday\n', 'sunday\n', 'thursday\n'])
  })

  test('a file of an earlier process belongs to the time at which it was changed last', async () => {
    writeFileSync(file('app.log'), 'old\n')
    const changed = new Date('2024-12-27T10:00:00Z')
    utimesSync(file('app.log'), changed, changed)
    const handler = timedRotatingFileHandler({ path: file('app.log'), ...common })
    log(handler, 'new', at('2024-12-28T10:00:00Z'))
    await handler.close()
    expect(names()).toEqual(['app.log', 'app.log.2024-12-27'])
    expect(content('app.log')).toBe('new\n')
  })

  test('files of other names are neither counted nor deleted', async () => {
    const others = ['app.log.1', 'app.log.2024-12-01.bak', 'app.log.old', 'bapp.log.2024-12-01', 'app-log.2024-12-01']
    for (const name of others) writeFileSync(file(name), 'other\n')
    const handler = timedRotatingFileHandler({ path: file('app.log'), backupCount: 1, ...common })
    for (const day of [1, 2, 3, 4]) log(handler, `${day}`, at(`2024-12-0${day}T03:00:00Z`))
    await handler.close()
    expect(names()).toEqual(['app.log', 'app.log.2024-12-03', ...others].sort())
  })

  test('the hour that comes twice in autumn is two files', async () => {
    process.env.TZ = 'America/New_York'
    const handler = timedRotatingFileHandler({ path: file('app.log'), when: 'hourly', ...common })
    for (const hour of [4, 5, 6, 7]) log(handler, `${hour}`, at(`2024-11-03T0${hour}:30:00Z`))
    await handler.close()
    expect(names().map((name) => [name, content(name)])).toEqual([
      ['app.log', '7\n'],
      ['app.log.2024-11-03_00', '4\n'],
      ['app.log.2024-11-03_01', '5\n'],
      ['app.log.2024-11-03_01.1', '6\n'],
    ])
  })

  test('a clock set back a little finishes nothing twice; set back a lot it goes on under the new time', async () => {
    const handler = timedRotatingFileHandler({ path: file('app.log'), ...common })
    log(handler, 'a', at('2024-12-28T14:59:59Z'))
    log(handler, 'b', at('2024-12-28T15:00:01Z'))
    log(handler, 'c', at('2024-12-28T14:59:59Z'))
    log(handler, 'd', at('2024-12-28T15:00:02Z'))
    expect(names()).toEqual(['app.log', 'app.log.2024-12-28'])
    log(handler, 'e', at('2023-01-01T00:00:00Z'))
    log(handler, 'f', at('2023-01-02T00:00:00Z'))
    await handler.close()
    expect(names()).toEqual(['app.log', 'app.log.2023-01-01', 'app.log.2024-12-28'])
    expect(names().map(content)).toEqual(['f\n', 'b\nc\nd\ne\n', 'a\n'])
  })
})

describe('with the date in the name', () => {
  beforeEach(() => {
    process.env.TZ = 'Asia/Seoul'
  })

  test('a file a day, by local time; old ones are deleted beyond backupCount', async () => {
    const handler = dailyFileHandler({ directory: file('logs'), name: 'hapa', backupCount: 1, ...common })
    expect(existsSync(file('logs'))).toBe(false)
    log(handler, 'a', at('2024-12-28T14:59:59.999Z'))
    expect(handler.path).toBe(file('logs/hapa_20241228.log'))
    log(handler, 'b', at('2024-12-28T15:00:00Z'))
    log(handler, 'c', at('2024-12-29T15:00:00Z'))
    await handler.close()
    expect(readdirSync(file('logs')).sort()).toEqual(['hapa_20241229.log', 'hapa_20241230.log'])
    expect(content('logs/hapa_20241230.log')).toBe('c\n')
  })

  test('an earlier file of the day is continued', async () => {
    writeFileSync(file('hapa_20241228.log'), 'a\n')
    const handler = dailyFileHandler({ directory, name: 'hapa', utc: true, ...common })
    log(handler, 'b', at('2024-12-28T23:59:59Z'))
    await handler.close()
    expect(content('hapa_20241228.log')).toBe('a\nb\n')
  })

  test('a day that comes again while its file is being compressed loses nothing', async () => {
    const durability = 'line'
    const handler = dailyFileHandler({ directory, name: 'hapa', utc: true, gzip: true, durability, ...common })
    const lines: string[] = []
    for (let step = 0; step < 250; step++) {
      lines.push(`${step}`)
      log(handler, `${step}`, at('2024-12-28T12:00:00Z') + (step % 2) * 3 * 86_400_000)
      // A different moment of the work in the background each time.
      for (let turn = 0; turn < step % 9; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    await handler.close()
    const found = names().flatMap((name) => content(name).split('\n').slice(0, -1))
    expect(found.sort()).toEqual(lines.sort())
    expect(names().filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('names that lead elsewhere are refused', () => {
    for (const name of ['', '../x', 'a/b', 'a\\b']) {
      expect(() => dailyFileHandler({ directory, name })).toThrow('name of a log file is')
      expect(() => timestampedPath({ directory, name })).toThrow('name of a log file is')
    }
  })

  test('a path for one run', () => {
    const now = () => at('2025-12-20T03:00:00Z')
    const run = { directory: 'logs/training', name: 'llama3_qlora', now }
    expect(timestampedPath(run)).toBe(join('logs', 'training', 'llama3_qlora_20251220_120000.log'))
    expect(timestampedPath({ ...run, utc: true })).toContain('_20251220_030000.log')
  })
})

describe('gzip', () => {
  test('full files are compressed, with the time they were changed; numbers go on meanwhile', async () => {
    const handler = rotatingFileHandler({
      path: file('app.log'),
      maxBytes: 1000,
      backupCount: 9,
      gzip: true,
      ...common,
    })
    const lines = Array.from({ length: 60 }, (_, number) => `${number} ${'x'.repeat(90)}`)
    for (const line of lines) {
      log(handler, line)
      if (Math.random() < 0.3) await new Promise((resolve) => setImmediate(resolve))
    }
    await handler.close()
    expect(names()).toEqual(['app.log', ...[1, 2, 3, 4, 5].map((number) => `app.log.${number}.gz`)])
    const oldestFirst = ['app.log.5.gz', 'app.log.4.gz', 'app.log.3.gz', 'app.log.2.gz', 'app.log.1.gz', 'app.log']
    expect(oldestFirst.map(content).join('')).toBe(lines.map((line) => `${line}\n`).join(''))
    expect(complaints).toEqual([])
  })

  test('a handler that is made anew while the old one compresses loses and doubles nothing', async () => {
    const options = { path: file('app.log'), maxBytes: 60_000, backupCount: 99, gzip: true, ...common }
    const lines: string[] = []
    let handler = rotatingFileHandler(options)
    for (let step = 0; step < 100; step++) {
      lines.push(`${step} ${Math.random()} ${'x'.repeat(20_000)}`)
      log(handler, lines.at(-1) as string)
      for (let turn = 0; turn < step % 7; turn++) await new Promise((resolve) => setImmediate(resolve))
      if (step % 4 !== 0) continue
      void handler.close()
      handler = rotatingFileHandler(options)
    }
    await handler.close()
    const number = (name: string) => Number(/\d+/.exec(name)?.[0] ?? 0)
    const oldestFirst = names().sort((a, b) => number(b) - number(a))
    expect(oldestFirst.flatMap((name) => content(name).split('\n').slice(0, -1))).toEqual(lines)
    expect(oldestFirst.filter((name) => !name.endsWith('.gz'))).toEqual(['app.log'])
    expect(complaints).toEqual([])
  })

  test('what a crash left is taken up: halves are deleted, whole ones stand, files are compressed', async () => {
    writeFileSync(file('app.log.2024-12-01.gz.tmp'), gzipSync('a\n').subarray(0, 12))
    writeFileSync(file('app.log.2024-12-01'), 'a\n')
    writeFileSync(file('app.log.2024-12-02'), 'b\n')
    writeFileSync(file('app.log.2024-12-02.gz'), gzipSync('b\n'))
    writeFileSync(file('other.gz.tmp'), 'not ours')
    const handler = timedRotatingFileHandler({ path: file('app.log'), gzip: true, ...common })
    await handler.flush()
    expect(names()).toEqual(['app.log', 'app.log.2024-12-01.gz', 'app.log.2024-12-02.gz', 'other.gz.tmp'])
    expect([content('app.log.2024-12-01.gz'), content('app.log.2024-12-02.gz')]).toEqual(['a\n', 'b\n'])
    await handler.close()
  })
})

type Step = { readonly line: string; readonly forwardMs: number; readonly act: 'none' | 'turn' | 'flush' | 'restart' }

const steps = fc.array(
  fc.record({
    line: fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replace(/[\r\n]/g, ' ')),
    // Backwards as well: clocks are set.
    forwardMs: fc.oneof(fc.constant(0), fc.integer({ min: -4_000_000, max: 20_000_000 })),
    act: fc.oneof(
      { weight: 12, arbitrary: fc.constant('none' as const) },
      { weight: 3, arbitrary: fc.constant('turn' as const) },
      { weight: 1, arbitrary: fc.constant('flush' as const) },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
    ),
  }),
  { minLength: 1, maxLength: 120 },
)

/** Logs every step's line, numbered, and gives the lines. */
async function perform(make: () => FileHandler, list: readonly Step[]): Promise<string[]> {
  let handler = make()
  let timeMs = at('2024-11-02T20:00:00Z')
  const lines: string[] = []
  let dropped = 0
  for (const { line, forwardMs, act } of list) {
    timeMs += forwardMs
    lines.push(`${lines.length} ${line}`)
    log(handler, lines.at(-1) as string, timeMs)
    if (act === 'turn') await new Promise((resolve) => setImmediate(resolve))
    if (act === 'flush') await handler.flush()
    if (act === 'restart') {
      await handler.close()
      dropped += handler.stats.dropped
      handler = make()
    }
  }
  await handler.close()
  expect(dropped + handler.stats.dropped).toBe(0)
  return lines
}

const linesOf = (name: string) => content(name).split('\n').slice(0, -1)

describe('whatever is logged, whatever the clock does', () => {
  test('by size: every line once and in order, no file above its size', async () => {
    const choices = fc.record({ maxBytes: fc.integer({ min: 40, max: 2000 }), gzip: fc.boolean(), eager: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(steps, choices, async (list, { maxBytes, gzip, eager }) => {
        rmSync(directory, { recursive: true, force: true })
        const durability = eager ? 'line' : 'buffered'
        const options = { path: file('app.log'), maxBytes, backupCount: 500, gzip, durability, ...common } as const
        const lines = await perform(() => rotatingFileHandler(options), list)
        const number = (name: string) => Number(/\d+/.exec(name)?.[0] ?? 0)
        const ordered = names().sort((a, b) => number(b) - number(a))
        expect(ordered.flatMap(linesOf)).toEqual(lines)
        for (const name of ordered) {
          const size = Buffer.byteLength(content(name))
          expect(size <= maxBytes || linesOf(name).length === 1).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
    expect(complaints).toEqual([])
  })

  test('by time: every line once, in order within each file', async () => {
    const choices = fc.record({
      when: fc.constantFrom('midnight' as const, 'hourly' as const, 'minutely' as const),
      gzip: fc.boolean(),
      timeZone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Seoul'),
    })
    await fc.assert(
      fc.asyncProperty(steps, choices, async (list, { when, gzip, timeZone }) => {
        process.env.TZ = timeZone
        rmSync(directory, { recursive: true, force: true })
        const lines = await perform(
          () => timedRotatingFileHandler({ path: file('app.log'), when, gzip, ...common }),
          list,
        )
        const found = names().map(linesOf)
        const order = (line: string) => Number.parseInt(line, 10)
        for (const inFile of found) expect(inFile).toEqual([...inFile].sort((a, b) => order(a) - order(b)))
        expect(found.flat().sort((a, b) => order(a) - order(b))).toEqual(lines)
      }),
      { numRuns: 60 },
    )
    expect(complaints).toEqual([])
  })

  test('by day in the name: every line once', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (list, gzip) => {
        rmSync(directory, { recursive: true, force: true })
        const lines = await perform(
          () => dailyFileHandler({ directory, name: 'app', utc: true, gzip, ...common }),
          list,
        )
        expect(names().flatMap(linesOf).sort()).toEqual(lines.sort())
      }),
      { numRuns: 60 },
    )
    expect(complaints).toEqual([])
  })
})
