import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { jsonFormatter } from '../formatters/json.ts'
import type { LogRecord, Processor } from '../index.ts'
import { currentConfiguration } from './index.ts'
import { recorder, setUp } from './testing/set-up.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'girok-config-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(directory, { recursive: true, force: true })
})

const read = (name: string) => readFileSync(join(directory, name), 'utf8')

describe('what is put in force', () => {
  test("a set-up of Python's dictConfig, word for word", () => {
    const lines: string[] = []
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0)
    const { apply, getLogger } = setUp()
    apply({
      version: 1,
      disable_existing_loggers: false,
      formatters: {
        structured: { '()': () => jsonFormatter({ source: true }) },
        simple: { format: '%(asctime)s - %(name)s - %(levelname)s - %(message)s', datefmt: '%H:%M' },
      },
      handlers: {
        console: { class: 'logging.StreamHandler', level: 'INFO', formatter: 'structured', stream: 'ext://sys.stdout' },
        plain: { class: 'logging.StreamHandler', formatter: 'simple', stream: 'ext://sys.stdout' },
      },
      loggers: {
        '': { handlers: ['console'], level: 'INFO', propagate: false },
        uvicorn: { handlers: ['plain'], level: 'INFO', propagate: false },
      },
    })
    getLogger('app').info('시작', { user: 1 })
    getLogger('app').debug('not shown')
    getLogger('uvicorn.error').info('ready')
    expect(lines).toHaveLength(2)
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      level: 'INFO',
      logger: 'app',
      message: '시작',
      user: 1,
      module: 'configure.test',
    })
    expect(lines[1]).toMatch(/^\d\d:\d\d - uvicorn.error - INFO - ready\n$/)
  })

  test('console, a file by day and a file of errors only', async () => {
    const { apply, getLogger, close } = setUp()
    const file = join(directory, 'ad_system.log')
    const format = '%(asctime)s - %(name)s - %(levelname)s - %(filename)s:%(lineno)d - %(message)s'
    apply({
      version: 1,
      formatters: { full: { format } },
      handlers: {
        file: {
          class: 'logging.handlers.TimedRotatingFileHandler',
          filename: file,
          when: 'midnight',
          interval: 1,
          backupCount: 30,
          level: 'DEBUG',
          formatter: 'full',
        },
        errors: {
          class: 'logging.FileHandler',
          filename: join(directory, 'ad_system_errors.log'),
          level: 'ERROR',
          formatter: 'full',
        },
      },
      loggers: { ad_system: { level: 'DEBUG', handlers: ['file', 'errors'] } },
    })
    const log = getLogger('ad_system.bids')
    log.debug('campaign query')
    log.error('no answer')
    await close()
    expect(read('ad_system.log')).toMatch(
      / - ad_system.bids - DEBUG - configure\.test\.ts:\d+ - campaign query\n.* - ERROR - /,
    )
    expect(read('ad_system_errors.log').split('\n')).toHaveLength(2)
  })

  test('filters, processors, defaults, levels, propagation', () => {
    const { apply, getLogger } = setUp()
    const all = recorder()
    const some = recorder()
    const shout: Processor = (record) => ({
      ...record,
      message: record.message.toUpperCase(),
      text: '',
      textBy: undefined,
    })
    apply({
      version: 1,
      filters: {
        calm: { kind: 'levels', max: 'INFO' },
        db: { name: 'app.db' },
        own: (record: LogRecord) => record.message !== 'no',
      },
      processors: { secrets: { kind: 'redact', keys: ['password'] }, shout },
      handlers: { all, some: { '()': () => some, filters: ['calm', 'db'] } },
      root: { level: 'NOTSET', handlers: ['all', 'some'], processors: ['secrets'], defaults: { service: 's' } },
      loggers: {
        app: { level: 'INFO', processors: ['shout'], filters: ['own'] },
        quiet: { propagate: false, handlers: [] },
      },
    })
    getLogger('app').info('in', { password: 'x' })
    getLogger('app').info('no')
    getLogger('app.db').info('query')
    getLogger('app.db').warning('slow')
    getLogger('app.db').debug('below')
    expect(all.records.map(({ message }) => message)).toEqual(['IN', 'QUERY', 'SLOW'])
    expect(some.records.map(({ message }) => message)).toEqual(['QUERY'])
    expect(JSON.parse(jsonFormatter().format(all.records[0] as LogRecord))).toMatchObject({
      password: '***masked***',
      service: 's',
    })
  })

  test('a memory that hands over to another handler', () => {
    const { apply, getLogger } = setUp()
    const target = recorder()
    apply({
      version: 1,
      handlers: {
        memory: { class: 'logging.handlers.MemoryHandler', capacity: 10, flushLevel: 'ERROR', target: 'there' },
        there: target,
      },
      root: { level: 'DEBUG', handlers: ['memory'] },
    })
    getLogger().info('a')
    expect(target.records).toHaveLength(0)
    getLogger().error('b')
    expect(target.records.map(({ message }) => message)).toEqual(['a', 'b'])
  })

  test("sizes, Python's arguments for rotation and mail, and kinds that need nothing", async () => {
    const { apply, root, close } = setUp()
    const path = join(directory, 'hapa.log')
    apply({
      version: 1,
      handlers: {
        file: { class: 'logging.handlers.RotatingFileHandler', filename: path, maxBytes: 2000, backupCount: 5 },
        endless: { class: 'logging.handlers.RotatingFileHandler', filename: join(directory, 'endless.log') },
        mail: {
          class: 'logging.handlers.SMTPHandler',
          mailhost: ['127.0.0.1', 2525],
          fromaddr: 'a@example.com',
          toaddrs: 'b@example.com',
          subject: 's',
          level: 'CRITICAL',
        },
        nothing: { class: 'logging.NullHandler' },
      },
      root: { level: 'INFO', handlers: ['file', 'endless', 'mail', 'nothing'] },
    })
    expect(root.handlers.map(({ level }) => level)).toEqual([0, 0, 50, Number.POSITIVE_INFINITY])
    for (let count = 0; count < 100; count++) root.info('x'.repeat(100))
    await close()
    expect(readdirSync(directory).sort()).toEqual([
      'endless.log',
      'hapa.log',
      'hapa.log.1',
      'hapa.log.2',
      'hapa.log.3',
      'hapa.log.4',
      'hapa.log.5',
    ])
  })
})

describe('what is wrong is told at once, with its place', () => {
  test('everything, and nothing is changed', () => {
    const { problems, root } = setUp()
    const before = recorder()
    root.addHandler(before)
    const found = problems({
      version: 2,
      handelrs: {},
      formatters: { a: { kind: 'jsno' }, b: { formt: 'x' } },
      handlers: {
        file: { kind: 'rotating-file', path: 'x.log', maxBytes: '10XB' },
        other: { kind: 'file', pth: 'x', formatter: 'c', durability: 'none' },
        third: { class: 'logging.FileHandlr', filename: 'x' },
        fourth: { class: 'logging.FileHandler', filename: 7, filters: ['f'] },
        fifth: {},
      },
      loggers: { app: { level: 'LOUD', handlers: ['fil'], propagate: 'yes' }, '': {}, b: 3 },
      root: { level: 'INFO' },
    })
    expect(found).toEqual([
      'version: 2 is not known; there is only version 1',
      'handelrs: unknown key, did you mean "handlers"?',
      'formatters.a.kind: "jsno" is not known, did you mean "json"?',
      'formatters.b.formt: unknown key, did you mean "format"?',
      'handlers.file.maxBytes: "10XB" is no size: use a number of bytes above 0, or text such as "512KB" or "10MB"',
      'handlers.other.pth: unknown key, did you mean "path"?',
      'handlers.other.durability: "none" is not known; there are line, buffered, fsync',
      'handlers.other.path: missing',
      'handlers.third.class: "logging.FileHandlr" is not known, did you mean "logging.FileHandler"?',
      'handlers.fourth.filename: 7 is no text',
      expect.stringMatching(/^handlers\.fifth\.kind: missing; there are none, console, file/),
      'handlers.other.formatter: there is no formatter "c"; there are b',
      'handlers.fourth.filters[0]: there is no filter "f"; there are none',
      'loggers.app.level: unknown level "LOUD": use a number or one of DEBUG, INFO, WARNING, ERROR, CRITICAL',
      'loggers.app.handlers[0]: there is no handler "fil", did you mean "file"?',
      'loggers.app.propagate: "yes" is no truth value: use true or false',
      'loggers.b: 3 is no object',
      'root: the logger root is configured twice',
    ])
    expect(root.handlers).toEqual([before])
    expect(root.level).toBe(30)
  })

  test('what only making a handler shows', async () => {
    const { problems, apply, root } = setUp()
    const made = recorder()
    apply({ version: 1, handlers: { a: { '()': () => made } }, root: { handlers: ['a'] } })
    const spare = recorder()
    const found = problems({
      version: 1,
      handlers: {
        a: { kind: 'girok', url: 'no url' },
        b: { '()': () => ({}) },
        c: { '()': () => spare },
        d: { kind: 'smtp', from: 'x@example.com', to: [] },
      },
      root: { level: 'DEBUG', handlers: ['a', 'b', 'c'] },
    })
    expect(found[0]).toMatch(/^handlers\.a: .*url/i)
    expect(found[1]).toBe('handlers.b: the function gave none of the handlers')
    expect(spare.closed).toBe(1)
    expect(root.level).toBe(30)
    root.warning('still here')
    expect(made.records).toHaveLength(1)
  })

  test('streams that are not the standard ones', () => {
    const lines: string[] = []
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0)
    const { problems, apply, root, hierarchy } = setUp()
    apply({
      version: 1,
      handlers: { out: { class: 'logging.StreamHandler', stream: process.stdout } },
      root: { handlers: ['out'] },
    })
    root.warning('by the stream itself')
    expect(lines).toEqual([expect.stringContaining('by the stream itself')])
    expect(currentConfiguration({ hierarchy })?.handlers).toHaveProperty('out')
    expect(problems({ version: 1, handlers: { out: { kind: 'console', stream: { write() {} } } } })).toEqual([
      'handlers.out.stream: only the standard streams can be given: "stdout" or "stderr"',
    ])
  })

  test('what only Python can look up', () => {
    const { problems } = setUp()
    const found = problems({
      version: 1,
      formatters: {
        json: { '()': 'pythonjsonlogger.jsonlogger.JsonFormatter', fmt: '%(asctime)s %(message)s' },
        colors: { '()': 'colorlog.ColoredFormatter' },
      },
      handlers: { file: { class: 'logging.FileHandler', filename: 'cfg://paths.log' } },
    })
    expect(found).toEqual([
      'formatters.colors.(): "colorlog.ColoredFormatter" is no function, nor a class known here: use kind or class, or give the function in code',
      'handlers.file.filename: "cfg://paths.log" is not looked up: write the value',
    ])
  })

  test('no object', () => {
    const { problems } = setUp()
    expect(problems(null)).toEqual(['it is no object'])
    expect(problems([])).toEqual(['it is no object'])
    expect(problems({})).toEqual(['version: missing'])
  })
})
