import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { recordOf } from '../../testing/record.ts'
import { fileHandler, type SingleFileOptions } from './file.ts'
import type { FileHandler } from './handler.ts'
import { rotatingFileHandler } from './rotating.ts'
import { parseSize } from './size.ts'

let directory = ''
let handlers: FileHandler[] = []
const complaints: string[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'girok-file-'))
  complaints.length = 0
})
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(handlers.map((handler) => handler.close()))
  handlers = []
  rmSync(directory, { recursive: true, force: true })
})

const file = (name = 'app.log') => join(directory, name)
const content = (name?: string) => readFileSync(file(name), 'utf8')
const plain = { format: (record: { message: string }) => record.message }

function make(options: Partial<SingleFileOptions> = {}): FileHandler {
  const complain = (text: string) => void complaints.push(text)
  const handler = fileHandler({ path: file(), formatter: plain, complain, ...options })
  handlers.push(handler)
  return handler
}

const log = (handler: FileHandler, message: string, level = 20) => handler.handle(recordOf({ message, level }))
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a file', () => {
  test('and its directories are made; it is continued, or emptied when asked', async () => {
    const path = file('a/b/app.log')
    const first = make({ path })
    expect(existsSync(path)).toBe(true)
    log(first, 'one')
    await first.close()
    const second = make({ path })
    log(second, 'two')
    await second.close()
    expect(content('a/b/app.log')).toBe('one\ntwo\n')
    const third = make({ path, mode: 'truncate' })
    expect(content('a/b/app.log')).toBe('')
    log(third, 'three')
    third.reopen()
    log(third, 'four')
    await third.close()
    expect(content('a/b/app.log')).toBe('three\nfour\n')
  })

  test('gets JSON unless told otherwise', async () => {
    const handler = fileHandler({ path: file() })
    handler.handle(recordOf({ fields: { order: 4711 } }))
    await handler.close()
    expect(JSON.parse(content())).toMatchObject({ level: 'INFO', logger: 'app', message: 'hello', order: 4711 })
  })

  test('whose last line was cut by a crash: the next record has a line of its own', async () => {
    writeFileSync(file(), 'whole\nhal')
    const handler = make()
    log(handler, 'next')
    await handler.close()
    expect(content()).toBe('whole\nhal\nnext\n')
  })

  test('counts records and bytes; after close records are dropped and counted', async () => {
    const handler = make()
    log(handler, '기록')
    log(handler, 'two\nlines')
    await handler.close()
    await handler.close()
    log(handler, 'late')
    expect(handler.stats).toEqual({ written: 2, bytes: 17, dropped: 1 })
    expect(content()).toBe('기록\ntwo\nlines\n')
  })
})

describe('what is gathered is written', () => {
  test('after some milliseconds, again and again', async () => {
    const handler = make({ flushIntervalMs: 5 })
    for (const line of ['one', 'two']) {
      log(handler, line)
      expect(content()).not.toContain(line)
      await vi.waitFor(() => expect(content()).toContain(line))
    }
  })

  test('when it is much', () => {
    const handler = make({ bufferSize: 1024, flushIntervalMs: 60_000 })
    for (let number = 0; number < 30; number++) log(handler, 'x'.repeat(99))
    expect(content().length).toBe(2000)
    log(handler, 'y'.repeat(5000))
    expect(content().length).toBe(3000)
  })

  test('at once from flushLevel on, ERROR unless told otherwise', () => {
    const handler = make({ flushIntervalMs: 60_000 })
    log(handler, 'info')
    log(handler, 'warning', 30)
    expect(content()).toBe('')
    log(handler, 'error', 40)
    expect(content()).toBe('info\nwarning\nerror\n')
    const early = make({ path: file('early.log'), flushLevel: 'WARNING', flushIntervalMs: 60_000 })
    log(early, 'warning', 30)
    expect(content('early.log')).toBe('warning\n')
  })

  test('by flush, flushSync and close', async () => {
    const handler = make({ flushIntervalMs: 60_000 })
    log(handler, 'one')
    handler.flushSync()
    expect(content()).toBe('one\n')
    log(handler, 'two')
    await handler.flush()
    expect(content()).toBe('one\ntwo\n')
  })

  test('before the call returns, with line and fsync', () => {
    for (const durability of ['line', 'fsync'] as const) {
      for (const syncIntervalMs of [0, 10]) {
        const name = `${durability}${syncIntervalMs}.log`
        const handler = make({ path: file(name), durability, syncIntervalMs })
        log(handler, 'one')
        expect(content(name)).toBe('one\n')
        log(handler, 'two')
        expect(content(name)).toBe('one\ntwo\n')
      }
    }
  })
})

describe('a file that another program', () => {
  test('moves away is made anew: nothing is lost', async () => {
    const handler = make({ flushIntervalMs: 5 })
    for (let number = 0; number < 12; number++) {
      if (number === 4 || number === 8) renameSync(file(), file(`app.log.${number}`))
      log(handler, `${number}`)
      await pause(20)
    }
    await handler.close()
    const lines = ['app.log.4', 'app.log.8', 'app.log'].map((name) => content(name)).join('')
    expect(lines).toBe(Array.from({ length: 12 }, (_, number) => `${number}\n`).join(''))
    expect(content().length).toBeGreaterThan(0)
  })

  test('moves away is made anew at once by reopen', () => {
    const handler = make()
    log(handler, 'one')
    handler.flushSync()
    renameSync(file(), file('moved.log'))
    log(handler, 'two')
    handler.reopen()
    log(handler, 'three')
    handler.flushSync()
    expect([content('moved.log'), content()]).toEqual(['one\ntwo\n', 'three\n'])
  })

  test('deletes, with its directory, is made anew, and the loss is told', async () => {
    const handler = make({ path: file('logs/app.log'), durability: 'line' })
    log(handler, 'one')
    rmSync(file('logs'), { recursive: true })
    await pause(60)
    log(handler, 'two')
    expect(content('logs/app.log')).toBe('two\n')
    expect(complaints.join()).toContain('was deleted')
  })

  test('empties (copytruncate) is written from its beginning', () => {
    const handler = make({ durability: 'line' })
    log(handler, 'one')
    writeFileSync(file(), '')
    log(handler, 'two')
    expect(content()).toBe('two\n')
  })
})

describe('when a file cannot be written', () => {
  test.runIf(existsSync('/proc/self'))(
    'a directory that the system refuses to make is told of, and holds nothing up',
    () => {
      log(make({ path: '/proc/girok/logs/app.log' }), 'one')
      expect(complaints.join()).toContain('/proc/girok/logs/app.log cannot be opened: ENOENT')
    },
  )

  test('nothing is thrown, records wait in memory and come in order once it can', async () => {
    // A file where a directory should be.
    writeFileSync(file('logs'), '')
    const handler = make({ path: file('logs/app.log'), flushIntervalMs: 5 })
    for (let number = 0; number < 100; number++) log(handler, `${number}`, number % 10 === 0 ? 40 : 20)
    await pause(20)
    expect(complaints.join()).toContain('cannot be opened: ')
    expect(handler.stats).toEqual({ written: 0, bytes: 0, dropped: 0 })
    unlinkSync(file('logs'))
    await vi.waitFor(() => expect(handler.stats.written).toBe(100))
    expect(content('logs/app.log')).toBe(Array.from({ length: 100 }, (_, number) => `${number}\n`).join(''))
  })

  test('memory is bounded; what does not fit is dropped and counted', async () => {
    writeFileSync(file('logs'), '')
    const handler = make({ path: file('logs/app.log') })
    for (let number = 0; number < 6000; number++) log(handler, 'x'.repeat(999))
    const { dropped } = handler.stats
    expect(dropped).toBeGreaterThan(1700)
    expect(dropped).toBeLessThan(1900)
    unlinkSync(file('logs'))
    handler.flushSync()
    log(handler, 'last')
    await handler.close()
    expect(handler.stats).toEqual({ written: 6001 - dropped, bytes: (6000 - dropped) * 1000 + 5, dropped })
    expect(content('logs/app.log').length).toBe((6000 - dropped) * 1000 + 5)
  })

  test('what is left at the end is counted and told', async () => {
    writeFileSync(file('logs'), '')
    const handler = make({ path: file('logs/app.log') })
    log(handler, 'one')
    log(handler, 'two')
    await handler.close()
    expect(handler.stats).toEqual({ written: 0, bytes: 0, dropped: 2 })
    expect(complaints.at(-1)).toBe(`2 records could not be written to ${file('logs/app.log')} before the end`)
  })

  test.runIf(existsSync('/dev/full'))('a full disk (ENOSPC) is survived', async () => {
    const handler = make({ path: '/dev/full', durability: 'line' })
    log(handler, 'one')
    expect(complaints.join()).toContain('cannot be written: ENOSPC')
    await handler.close()
    expect(handler.stats).toEqual({ written: 0, bytes: 0, dropped: 1 })
  })

  test.runIf(process.platform !== 'win32')('a pipe that takes a part gets the rest later, each line once', async () => {
    execFileSync('mkfifo', [file('pipe')])
    const idle = make({ path: file('pipe'), durability: 'line' })
    log(idle, 'while nobody reads')
    expect(complaints.join()).toContain('ENXIO')
    const reader = openSync(file('pipe'), constants.O_RDONLY | constants.O_NONBLOCK)
    let read = ''
    const buffer = Buffer.alloc(65_536)
    const drain = () => {
      try {
        read += buffer.toString('latin1', 0, readSync(reader, buffer))
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('EAGAIN')
      }
    }
    try {
      const lines = [
        'while nobody reads',
        ...Array.from({ length: 3000 }, (_, number) => `${number} ${'x'.repeat(50)}`),
      ]
      for (const line of lines.slice(1)) log(idle, line)
      await vi.waitFor(
        () => {
          drain()
          expect(read.length).toBe(lines.join('\n').length + 1)
        },
        { timeout: 8000, interval: 20 },
      )
      expect(read).toBe(`${lines.join('\n')}\n`)
      expect(complaints.join()).toContain('EAGAIN')
      expect(idle.stats).toEqual({ written: lines.length, bytes: read.length, dropped: 0 })
    } finally {
      closeSync(reader)
    }
  })

  test.runIf(process.platform !== 'win32')('lines of a write that was cut short count as written', async () => {
    execFileSync('mkfifo', [file('pipe')])
    const reader = openSync(file('pipe'), constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const handler = make({ path: file('pipe'), bufferSize: 48 * 1024 })
      for (let number = 0; number < 3000; number++) log(handler, 'x'.repeat(60))
      await handler.close()
      const buffer = Buffer.alloc(2 ** 20)
      const lines = buffer.toString('latin1', 0, readSync(reader, buffer)).split('\n').length - 1
      expect(lines).toBeGreaterThan(900)
      expect(handler.stats).toMatchObject({ written: lines, dropped: 3000 - lines })
      expect(complaints.at(-1)).toContain(`${3000 - lines} records could not be written`)
    } finally {
      closeSync(reader)
    }
  })

  test('what is logged after close is counted and told', async () => {
    const handler = make()
    await handler.close()
    log(handler, 'late')
    expect(handler.stats.dropped).toBe(1)
    expect(complaints).toEqual([`the handler for ${file()} is closed; records logged after that are dropped`])
  })
})

describe('two handlers of one path', () => {
  test('share one writer, each with its level and formatter', async () => {
    const all = make()
    const errors = make({ path: `${directory}/./app.log`, level: 'ERROR', formatter: { format: () => 'error!' } })
    expect(errors.level).toBe(40)
    for (let number = 0; number < 3; number++) {
      log(all, `${number}`)
      log(errors, 'x')
    }
    await all.close()
    log(errors, 'x')
    await errors.close()
    expect(content()).toBe('0\nerror!\n1\nerror!\n2\nerror!\nerror!\n')
    const later = make({ durability: 'line' })
    log(later, 'later')
    expect(content()).toContain('later')
  })

  test('under other rules are refused, until the first is closed', async () => {
    const first = make()
    expect(() => make({ durability: 'line' })).toThrow('is written by another handler with other options')
    expect(() => rotatingFileHandler({ path: file(), maxBytes: 10 })).toThrow(RangeError)
    await first.close()
    expect(() => make({ durability: 'line' })).not.toThrow()
  })
})

test('bad options are refused', () => {
  expect(() => make({ durability: 'always' as 'line' })).toThrow('"always" is none of line, buffered, fsync')
  expect(() => make({ bufferSize: 5 })).toThrow('bufferSize of')
  expect(() => make({ flushIntervalMs: Number.NaN })).toThrow('flushIntervalMs of')
  expect(() => make({ level: 'LOUD' })).toThrow('unknown level "LOUD"')
  expect(() => make({ path: undefined as never })).toThrow('path of a file handler is undefined: use a path such as')
  expect(() => make({ mode: 'w' as 'append' })).toThrow('is "w": use append or truncate')
  expect(() => make({ formatter: (() => plain) as never })).toThrow('has no method format: use one such as')
  // Nothing is left open by those.
  expect(existsSync(file())).toBe(false)
})

test('sizes are read as people write them', () => {
  const read = ['10MB', '10 MiB', '10m', '512KB', '1.5 GB', '100', 100, '7B'].map((size) => parseSize(size))
  expect(read).toEqual([10_485_760, 10_485_760, 10_485_760, 524_288, 1_610_612_736, 100, 100, 7])
  for (const bad of ['', 'MB', '-1', 0, '0MB', '10 TBB', Number.NaN, Number.POSITIVE_INFINITY, '1e3']) {
    expect(() => parseSize(bad, 'maxBytes')).toThrow('maxBytes is')
  }
})

test('a file is made as the umask says', () => {
  const before = process.umask(0o027)
  try {
    make()
    expect(statSync(file()).mode & 0o777).toBe(0o640)
  } finally {
    process.umask(before)
  }
})
