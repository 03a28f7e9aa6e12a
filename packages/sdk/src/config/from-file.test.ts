import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createHierarchy, levelName } from '../index.ts'
import { ConfigError, type ConfigureFromFileOptions, configureFromFile, type FileConfiguration } from './index.ts'
import { readPythonFile } from './python-file.ts'
import { readPython } from './python-literal.ts'

let directory: string
const running: FileConfiguration[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'girok-file-'))
})
afterEach(() => {
  for (const one of running.splice(0)) one.stop()
  rmSync(directory, { recursive: true, force: true })
})

function setUp(options: ConfigureFromFileOptions = {}) {
  const hierarchy = createHierarchy()
  const path = (name: string) => join(directory, name)
  return {
    ...hierarchy,
    path,
    write: (name: string, text: string) => writeFileSync(path(name), text),
    read: (name: string) => readFileSync(path(name), 'utf8'),
    async load(name: string): Promise<FileConfiguration> {
      const loaded = await configureFromFile(path(name), { hierarchy, ...options })
      running.push(loaded)
      return loaded
    },
  }
}

async function problemsOf(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).problems
}

const json = (file: string, level = 'INFO') =>
  JSON.stringify({
    version: 1,
    handlers: { file: { kind: 'file', path: file, durability: 'line' } },
    root: { level, handlers: ['file'] },
  })

describe('JSON and YAML', () => {
  test('JSON', async () => {
    const { write, path, load, root, read } = setUp()
    write('log.json', json(path('a.log')))
    await load('log.json')
    root.info('hello')
    expect(JSON.parse(read('a.log'))).toMatchObject({ message: 'hello' })
  })

  test('YAML', async () => {
    const { write, load, root, getLogger } = setUp()
    write(
      'log.yaml',
      'version: 1\nhandlers:\n  none: { kind: none }\nroot:\n  level: debug\n  handlers: [none]\nloggers:\n  db: { level: ERROR }\n',
    )
    await load('log.yaml')
    expect([root.level, getLogger('db').level, root.handlers.length]).toEqual([10, 40, 1])
  })

  test('as other programs write them: a byte order mark, merge keys, keys that are left empty', async () => {
    const { write, path, load, root, getLogger, read } = setUp()
    write('log.json', `\uFEFF${json(path('a.log'))}`)
    await load('log.json')
    root.info('marked')
    write(
      'log.yaml',
      `\uFEFFversion: 1
filters:
handlers:
  all: &file
    kind: file
    path: ${path('b.log')}
    durability: line
    level:
    filters: ~
  errors:
    <<: *file
    path: ${path('c.log')}
    level: ERROR
root:
  level: INFO
  handlers: [all, errors]
loggers:
  quiet: { level: , handlers: }
`.replaceAll('\n', '\r\n'),
    )
    await load('log.yaml')
    root.info('one')
    getLogger('quiet').error('two')
    const messages = (name: string) =>
      read(name)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).message)
    expect(messages('a.log')).toEqual(['marked'])
    expect(messages('b.log')).toEqual(['one', 'two'])
    expect(messages('c.log')).toEqual(['two'])
  })

  test('errors of form have line and column, others their key', async () => {
    const { write, load, path } = setUp()
    write('a.json', '{\n  "version": 1,\n  "root": {,}\n}')
    expect(await problemsOf(load('a.json'))).toEqual([expect.stringMatching(/^line 3, column 12: /)])
    write('b.json', '{\n  "version": 1')
    expect(await problemsOf(load('b.json'))).toEqual([expect.stringMatching(/^line 2, column 15: /)])
    write('c.yaml', 'version: 1\nroot: [\n  a: b: c\n')
    expect(await problemsOf(load('c.yaml'))).toEqual([expect.stringMatching(/line 3, column \d+/)])
    write('d.yml', 'version: 1\nroot: { levl: INFO }')
    await expect(load('d.yml')).rejects.toThrow(`${path('d.yml')}: root.levl: unknown key, did you mean "level"?`)
    expect(await problemsOf(load('missing.json'))).toEqual([expect.stringContaining('ENOENT')])
    write('e.toml', '')
    expect(await problemsOf(load('e.toml'))).toEqual([
      'the kind of file is not known; use a name in .json, .yaml, .yml, .conf, .ini',
    ])
  })
})

describe("Python's logging.conf", () => {
  const CONF = `
# as in many containers
[loggers]
keys=root,uvicorn

[handlers]
keys = console, file, mail

[formatters]
keys=simple

[logger_root]
level=INFO
handlers=console,file

[logger_uvicorn]
level=NOTSET
handlers=console
qualname=uvicorn
propagate=0

[handler_console]
class=StreamHandler
level=WARNING
formatter=simple
args=(sys.stdout,)

[handler_file]
class=handlers.RotatingFileHandler
formatter=simple
args=('/tmp/hapa.log', 'a', 10*1024*1024,
  5, "utf-8")

[handler_mail]
class=logging.handlers.SMTPHandler
level=CRITICAL
args=()
kwargs={'mailhost': ('127.0.0.1', 2525), 'fromaddr': 'a@example.com', 'toaddrs': ['b@example.com'], 'subject': '심각'}

[formatter_simple]
format=%(asctime)s - %(name)s - %(levelname)s - %(message)s
datefmt=
class=logging.Formatter
`

  test('is read', () => {
    expect(readPythonFile(CONF, 'logging.conf')).toEqual({
      version: 1,
      formatters: {
        simple: { class: 'logging.Formatter', format: '%(asctime)s - %(name)s - %(levelname)s - %(message)s' },
      },
      handlers: {
        console: { class: 'StreamHandler', level: 'WARNING', formatter: 'simple', stream: 'ext://sys.stdout' },
        file: {
          class: 'handlers.RotatingFileHandler',
          formatter: 'simple',
          filename: '/tmp/hapa.log',
          mode: 'a',
          maxBytes: 10_485_760,
          backupCount: 5,
          encoding: 'utf-8',
        },
        mail: {
          class: 'logging.handlers.SMTPHandler',
          level: 'CRITICAL',
          mailhost: ['127.0.0.1', 2525],
          fromaddr: 'a@example.com',
          toaddrs: ['b@example.com'],
          subject: '심각',
        },
      },
      loggers: {
        root: { level: 'INFO', handlers: ['console', 'file'] },
        uvicorn: { level: 'NOTSET', handlers: ['console'], propagate: false },
      },
    })
  })

  test('and put in force', async () => {
    const { write, load, path, root, getLogger, close, read } = setUp()
    write('logging.conf', CONF.replace('/tmp/hapa.log', path('hapa.log')))
    await load('logging.conf')
    expect(getLogger('uvicorn').propagate).toBe(false)
    root.info('안녕')
    await close()
    expect(read('hapa.log')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - root - INFO - 안녕\n$/)
  })

  test('what is wrong has its line', async () => {
    const { write, load } = setUp()
    write('a.conf', 'keys=x\n[loggers\n')
    expect(await problemsOf(load('a.conf'))).toEqual([
      'line 1, column 1: keys=x is neither [section] nor key=value',
      'line 2, column 1: [loggers is neither [section] nor key=value',
    ])
    const bad = CONF.replace('class=StreamHandler', 'class=StreamHandlr')
      .replace('qualname=uvicorn\n', '')
      .replace('10*1024*1024,', '10*"x",')
      .replace('datefmt=', 'datfmt=%H')
    write('b.conf', bad.replace('[handlers]\nkeys = console,', '[handlers]\nkeys = console, other,'))
    expect(await problemsOf(load('b.conf'))).toEqual([
      expect.stringMatching(/^line \d+: unknown key datfmt, did you mean "datefmt"\?$/),
      'section [handler_other] is missing',
      expect.stringMatching(/^line \d+: class "StreamHandlr" is not known, did you mean "logging.StreamHandler"\?$/),
      expect.stringMatching(/^line \d+: args: only numbers can be multiplied here/),
      expect.stringMatching(/^line \d+: \[logger_uvicorn\] has no qualname$/),
    ])
  })

  test.each<[string, unknown]>([
    ['()', []],
    ['(1)', 1],
    ['(1,)', [1]],
    ['[-1.5, 0x10, 2*3+4-1]', [-1.5, 16, 9]],
    [`'it\\'s' "\\n" r'\\d'`, "it's\n\\d"],
    ['{"a": (True, None), \'b\': False}', { a: [true, null], b: false }],
    ['handlers.SysLogHandler.LOG_USER', { name: 'handlers.SysLogHandler.LOG_USER' }],
    ['"""x"""', 'x'],
  ])('the expression %s', (source, value) => {
    expect(readPython(source)).toEqual(value)
  })

  test.each(['(1', "'x", '1 2', 'os.system("x")', '{1}', '*', '', '"a" * 2', '-"a"'])('no expression: %s', (source) => {
    expect(() => readPython(source)).toThrow(SyntaxError)
  })
})

describe('changes at run time', () => {
  test('a watched file is taken over, also when it is replaced; a bad one is complained of and changes nothing', async () => {
    const complaints: string[] = []
    const { write, path, load, root, getLogger, read } = setUp({
      watch: true,
      watchIntervalMs: 20,
      complain: (text) => void complaints.push(text),
    })
    write('log.json', json(path('a.log')))
    await load('log.json')
    const [handler] = root.handlers
    const child = getLogger('a.b')
    child.debug('hidden')
    await sleep(30)
    write('new.json', json(path('a.log'), 'DEBUG'))
    renameSync(path('new.json'), path('log.json'))
    await vi.waitFor(() => expect(levelName(child.level)).toBe('DEBUG'), { timeout: 5000, interval: 10 })
    expect(root.handlers).toEqual([handler])
    child.debug('shown')
    await sleep(30)
    write('log.json', json(path('a.log'), 'LOUD!'))
    await vi.waitFor(() => expect(complaints).toHaveLength(1), { timeout: 5000, interval: 10 })
    expect(complaints[0]).toMatch(/stays as it was.*log\.json: root\.level: unknown level "LOUD!"/)
    expect([root.level, root.handlers]).toEqual([10, [handler]])
    await sleep(30)
    write('log.json', json(path('b.log'), 'INFO'))
    await vi.waitFor(() => expect(root.level).toBe(20), { timeout: 5000, interval: 10 })
    child.info('elsewhere')
    expect(read('a.log').match(/"message":"\w+"/g)).toEqual(['"message":"shown"'])
    expect(read('b.log')).toContain('"message":"elsewhere"')
  })

  test('an interval that cannot be is refused before the file is read', async () => {
    const { load } = setUp({ watch: true, watchIntervalMs: -1 })
    await expect(load('none.json')).rejects.toThrow('watchIntervalMs is -1: use milliseconds above 0')
  })

  test('by hand, and by SIGHUP', async () => {
    const { write, path, load, root } = setUp({ reloadOnSighup: true })
    write('log.json', json(path('a.log')))
    const loaded = await load('log.json')
    write('log.json', json(path('a.log'), 'ERROR'))
    await loaded.reload()
    expect(root.level).toBe(40)
    write('log.json', '{')
    await expect(loaded.reload()).rejects.toThrow(ConfigError)
    expect(root.level).toBe(40)
    write('log.json', json(path('a.log'), 'DEBUG'))
    process.emit('SIGHUP', 'SIGHUP')
    await vi.waitFor(() => expect(root.level).toBe(10), { timeout: 5000, interval: 10 })
    const listeners = process.listenerCount('SIGHUP')
    loaded.stop()
    expect(process.listenerCount('SIGHUP')).toBe(listeners - 1)
  })
})
