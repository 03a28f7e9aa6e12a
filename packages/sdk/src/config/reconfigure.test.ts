import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { currentConfiguration } from './index.ts'
import { type Recorder, recorder, setUp } from './testing/set-up.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'girok-config-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(directory, { recursive: true, force: true })
})

const read = (name: string) => readFileSync(join(directory, name), 'utf8')

describe('changes', () => {
  test('handlers with the same entry stay, others are closed, loggers that are gone are as before', async () => {
    const { apply, getLogger, root } = setUp()
    const made: Recorder[] = []
    const make = (options: object) => {
      const handler = recorder({ options })
      made.push(handler)
      return handler
    }
    const a = { '()': make, tag: 'a' }
    getLogger('db').setLevel('ERROR').setPropagate(false)
    apply({
      version: 1,
      handlers: { a, b: { '()': make, tag: 'b' } },
      root: { level: 'INFO', handlers: ['a', 'b'] },
      loggers: { db: { level: 'DEBUG', propagate: true, handlers: ['a'] } },
    })
    expect(made).toHaveLength(2)
    await apply({
      version: 1,
      handlers: { a: { ...a, level: undefined }, b: { '()': make, tag: 'B' } },
      root: { level: 'DEBUG', handlers: ['b', 'a'] },
    }).retired
    expect(made).toHaveLength(3)
    expect(root.handlers).toEqual([made[2], made[0]])
    expect(made.map(({ closed }) => closed)).toEqual([0, 1, 0])
    expect(getLogger('db').level).toBe(40)
    expect(getLogger('db').propagate).toBe(false)
    expect(getLogger('db').handlers).toEqual([])
    expect(getLogger('other').level).toBe(10)
  })

  test('a level or a filter of a handler changes in place; a file under other rules is opened anew', async () => {
    const { apply, root, close } = setUp()
    const path = join(directory, 'a.log')
    const entry = { kind: 'file', path }
    const configuration = (file: object, more: object = {}) => ({
      version: 1,
      handlers: { file },
      root: { level: 'INFO', handlers: ['file'] },
      ...more,
    })
    apply(configuration(entry))
    const [first] = root.handlers
    apply(configuration({ ...entry, filters: ['f'] }, { filters: { f: { name: 'x' } } }))
    expect(root.handlers).toEqual([first])
    root.info('filtered')
    apply(configuration(entry))
    root.info('one')
    apply(configuration({ ...entry, durability: 'line' }))
    root.info('two')
    expect(root.handlers).not.toEqual([first])
    expect(read('a.log').match(/"message":"\w+"/g)).toEqual(['"message":"one"', '"message":"two"'])
    await close()
  })

  test('when the new file handler cannot be made after the old one had to go, the old one comes back', async () => {
    const { apply, problems, root, close } = setUp()
    const file = { kind: 'file', path: join(directory, 'a.log') }
    apply({ version: 1, handlers: { file }, root: { level: 'INFO', handlers: ['file'] } })
    root.info('one')
    const broken = {
      version: 1,
      handlers: { file: { ...file, bufferSize: 1 } },
      root: { level: 'INFO', handlers: ['file'] },
    }
    expect(problems(broken)).toEqual([expect.stringMatching(/^handlers\.file: .*bufferSize/)])
    root.info('two')
    await close()
    expect(read('a.log').match(/"message":"\w+"/g)).toEqual(['"message":"one"', '"message":"two"'])
  })

  test('handlers of code are taken off loggers that are named, flushed, not closed', async () => {
    const { apply, root, getLogger } = setUp()
    const old = recorder({ flush: vi.fn(async () => {}) })
    root.addHandler(old)
    getLogger('own').addHandler(old)
    await apply({ version: 1, root: { level: 'INFO', handlers: [] } }).retired
    expect(root.handlers).toEqual([])
    expect(getLogger('own').handlers).toEqual([old])
    expect(old.flush).toHaveBeenCalledTimes(1)
    expect(old.closed).toBe(0)
  })

  test('incremental: levels only', () => {
    const { apply, problems, root, getLogger } = setUp()
    const handler = recorder()
    apply({ version: 1, handlers: { a: handler }, root: { level: 'INFO', handlers: ['a'] } })
    apply({
      version: 1,
      incremental: true,
      handlers: { a: { level: 'ERROR' } },
      loggers: { db: { level: 'DEBUG', propagate: false } },
    })
    expect([handler.level, root.level, getLogger('db').level, getLogger('db').propagate]).toEqual([40, 20, 10, false])
    expect(root.handlers).toEqual([handler])
    expect(
      problems({ version: 1, incremental: true, handlers: { b: { level: 'INFO' }, a: { level: 'LOW' } } }),
    ).toEqual([
      'handlers.b: there is no such handler to change the level of',
      expect.stringMatching(/^handlers\.a\.level: unknown level/),
    ])
  })

  test('loggers from before can be silenced, and speak again', () => {
    const { apply, getLogger, root } = setUp()
    const handler = recorder()
    root.addHandler(handler)
    getLogger('old').setLevel('DEBUG')
    const silent = {
      version: 1,
      disable_existing_loggers: true,
      handlers: { a: handler },
      root: { level: 'INFO', handlers: ['a'] },
    }
    apply(silent)
    getLogger('old').critical('unheard')
    getLogger('new').info('heard')
    apply(silent)
    getLogger('old').critical('unheard')
    apply({ ...silent, disable_existing_loggers: false })
    getLogger('old').debug('heard again')
    expect(handler.records.map(({ message }) => message)).toEqual(['heard', 'heard again'])
  })
})

test('the configuration in force is shown without its secrets', async () => {
  const { apply, hierarchy, close } = setUp()
  expect(currentConfiguration({ hierarchy })).toBeUndefined()
  apply({
    version: 1,
    processors: { hashed: { kind: 'redact', keys: ['email'], action: 'hash', key: 'h4sh' } },
    handlers: {
      girok: {
        kind: 'girok',
        url: 'http://me:pass@127.0.0.1:9',
        token: 't0ken',
        headers: { 'x-key': 'k3y' },
        closeTimeoutMs: 1,
      },
      slack: { kind: 'slack', webhookUrl: 'https://hooks.example.com/secret', closeTimeoutMs: 1 },
    },
  })
  const shown = JSON.stringify(currentConfiguration({ hierarchy }))
  for (const secret of ['h4sh', 'me:pass', 't0ken', 'k3y', 'hooks.example.com']) expect(shown).not.toContain(secret)
  expect(shown).toContain('127.0.0.1:9')
  await close()
})
