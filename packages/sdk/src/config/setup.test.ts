import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { client } from '../domains/testing/prom-client.ts'
import { allFields, createHierarchy, type LogRecord } from '../index.ts'
import { readDotenv } from './dotenv.ts'
import {
  configureFromEnvironment,
  currentConfiguration,
  fastifyLogger,
  parseDotenv,
  setupLogging,
  startMetricsServer,
} from './index.ts'
import { readSettings } from './settings.ts'

let directory: string
let lines: string[]
const closers: (() => unknown)[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'girok-setup-'))
  lines = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0)
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  vi.restoreAllMocks()
  rmSync(directory, { recursive: true, force: true })
})

function setUp() {
  const hierarchy = createHierarchy()
  closers.push(() => hierarchy.close())
  const complaints: string[] = []
  return {
    hierarchy,
    complaints,
    options: { hierarchy, complain: (text: string) => void complaints.push(text) },
    handlers: () => Object.keys(currentConfiguration({ hierarchy })?.handlers ?? {}),
  }
}

const today = () => {
  const now = new Date()
  return `${now.getFullYear()}${String(now.getMonth() + 1).padStart(2, '0')}${String(now.getDate()).padStart(2, '0')}`
}

describe('the environment', () => {
  test('a production service: JSON on stdout, a file a day, errors in their own, one rotated by size', async () => {
    const { hierarchy, options } = setUp()
    const variables = {
      LOG_LEVEL: 'info',
      DEBUG: 'False',
      LOG_DIRECTORY: directory,
      LOG_FILE: 'hapa.log',
      LOG_MAX_SIZE: '10MB',
      LOG_BACKUP_COUNT: '5',
      SERVICE_NAME: 'hapa-backend',
    }
    const configured = configureFromEnvironment(variables, options)
    expect(configured.describe()).toMatchObject({ level: 'INFO', format: 'json', maxBytes: 10_485_760, backupCount: 5 })
    const log = hierarchy.getLogger('api_monitor')
    log.debug('hidden')
    log.info('API 요청 시작')
    log.error('오류')
    await hierarchy.close()
    const shared = { service: 'hapa-backend', environment: 'production' }
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { timestamp: expect.any(String), level: 'INFO', logger: 'api_monitor', message: 'API 요청 시작', ...shared },
      { timestamp: expect.any(String), level: 'ERROR', logger: 'api_monitor', message: '오류', ...shared },
    ])
    const files = [`error_${today()}.log`, 'hapa.log', `hapa_${today()}.log`]
    expect(readdirSync(directory).sort()).toEqual([...files].sort())
    const counts = files.map((name) => readFileSync(join(directory, name), 'utf8').trim().split('\n').length)
    expect(counts).toEqual([1, 2, 2])
  })

  test('DEBUG: text for people, level DEBUG, no dated file', async () => {
    const { hierarchy, options, handlers } = setUp()
    configureFromEnvironment({ DEBUG: 'True', LOG_DIR: directory, LOG_MAX_SIZE: '1MB' }, options)
    hierarchy.getLogger('api').debug('shown')
    expect(handlers()).toEqual(['console'])
    expect(lines[0]).toMatch(/ - api - DEBUG - shown environment=development\n$/)
    expect(readdirSync(directory)).toEqual([])
  })

  test('what cannot be understood is told and does not count', () => {
    const { options, complaints } = setUp()
    const { describe: shown, problems } = configureFromEnvironment(
      {
        LOG_LEVEL: 'loud',
        LOG_FORMAT: 'xml',
        LOG_MAX_SIZE: '10XB',
        LOG_BACKUP_COUNT: 'many',
        ENABLE_REMOTE_LOGGING: 'perhaps',
        LOKI_URL: 'nowhere',
        GIROK_URL: 'localhost:4100',
        REDIS_URL: 'http://localhost:6379',
        DEBUG: 'app:*',
        LOG_DIRECTORY: directory,
      },
      options,
    )
    expect(complaints).toEqual(problems)
    const variables = [
      ...['LOG_LEVEL', 'LOG_FORMAT', 'LOG_MAX_SIZE', 'LOG_BACKUP_COUNT'],
      ...['ENABLE_REMOTE_LOGGING', 'LOKI_URL', 'GIROK_URL', 'REDIS_URL'],
    ]
    for (const name of variables) expect(problems.filter((problem) => problem.startsWith(name))).toHaveLength(1)
    expect(problems).toHaveLength(variables.length)
    expect(shown()).toMatchObject({ level: 'INFO', format: 'json', maxBytes: 10_485_760, backupCount: 5, debug: false })
  })

  test('one switch turns everything off that goes over a network; secrets are not shown', () => {
    const remote = {
      DEBUG: '1',
      REDIS_URL: 'redis://:pass@127.0.0.1:1',
      GIROK_URL: 'http://127.0.0.1:1',
      GIROK_TOKEN: 't0ken',
      GIROK_TENANT: 'ads',
      LOKI_URL: 'http://127.0.0.1:1',
      SLACK_WEBHOOK_URL: 'https://hooks.example.com/T0',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_SERVICE_NAME: 'shop',
    }
    const { options, handlers, hierarchy } = setUp()
    const { describe: shown } = configureFromEnvironment(remote, options)
    expect(handlers()).toEqual(['console', 'redis', 'girok', 'loki', 'slack', 'otlp'])
    const text = JSON.stringify([shown(), currentConfiguration({ hierarchy })])
    for (const secret of [':pass@', 't0ken', 'hooks.example.com']) expect(text).not.toContain(secret)
    expect(shown()).toMatchObject({ service: 'shop', girok: { tenant: 'ads' } })
    configureFromEnvironment({ ...remote, ENABLE_REMOTE_LOGGING: 'False' }, options)
    expect(handlers()).toEqual(['console'])
  })

  test('a .env file, which the environment wins over', () => {
    const { options } = setUp()
    const path = join(directory, '.env')
    writeFileSync(path, '# logging\nLOG_LEVEL=WARNING\nDEBUG=True\nSERVICE_NAME="my service"\n')
    const { describe: shown } = configureFromEnvironment({ LOG_LEVEL: 'ERROR' }, { ...options, dotenv: path })
    expect(shown()).toMatchObject({ level: 'ERROR', debug: true, service: 'my service', format: 'text' })
    expect(process.env.SERVICE_NAME).toBeUndefined()
    const none = configureFromEnvironment({ DEBUG: '1' }, { ...options, dotenv: join(directory, 'none') })
    expect(none.describe().service).toBeUndefined()
    expect(none.problems).toEqual([`dotenv: there is no file ${join(directory, 'none')}`])
  })

  test('the .env file of a service, as Python programs have it', () => {
    const complaints: string[] = []
    const path = join(directory, '.env')
    writeFileSync(
      path,
      [
        '# 로깅 설정',
        'LOG_LEVEL=INFO',
        'DEBUG=False',
        '',
        '# 모니터링 설정',
        'ENABLE_METRICS=True',
        'METRICS_PORT=8000',
        '',
        '# 로그 파일 설정',
        'LOG_DIRECTORY=logs',
        'LOG_MAX_SIZE=10MB',
        'LOG_BACKUP_COUNT=5',
        '',
      ].join('\n'),
    )
    const settings = readSettings(readDotenv(path) ?? {}, complaints)
    expect(complaints).toEqual([])
    expect(settings).toMatchObject({
      level: 'INFO',
      debug: false,
      format: 'json',
      environment: 'production',
      metrics: { port: 8000 },
      directory: 'logs',
      file: 'app.log',
      maxBytes: 10 * 1024 * 1024,
      backupCount: 5,
    })
  })

  test('the rules of .env files', () => {
    const source = [
      'A=1',
      ' export B = two words # comment',
      '#C=3',
      "D='x # $y \\n'",
      'E="a\\n\\"b\\" \\\\ # no comment"',
      'F=',
      'G=#nothing',
      'H=a#b',
      "I='two",
      "lines'",
      'not a variable',
      'A=2\r',
    ].join('\n')
    expect(parseDotenv(source)).toEqual({
      A: '2',
      B: 'two words',
      D: 'x # $y \\n',
      E: 'a\n"b" \\ # no comment',
      F: '',
      G: '',
      H: 'a#b',
      I: 'two\nlines',
    })
  })
})

describe('setupLogging', () => {
  test('one call; options win over variables, old handlers go', async () => {
    const { hierarchy, options } = setUp()
    const old: LogRecord[] = []
    hierarchy.root.addHandler({ name: 'old', level: 0, handle: (record) => void old.push(record) })
    const root = setupLogging({
      ...options,
      variables: { LOG_LEVEL: 'ERROR', SERVICE_NAME: 'other' },
      service: 'ad_system',
      environment: 'staging',
      level: 'DEBUG',
      directory,
    })
    root.info('up')
    expect(old).toEqual([])
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      service: 'ad_system',
      environment: 'staging',
      message: 'up',
    })
    await hierarchy.close()
    expect(existsSync(join(directory, `ad_system_${today()}.log`))).toBe(true)
    setupLogging({ ...options, variables: {}, debug: true, directory })
    hierarchy.root.debug('again')
    expect(lines[1]).toMatch(/ - root - DEBUG - again environment=development\n$/)
  })

  test('the place of the call, by an option or a variable, in JSON', async () => {
    const { hierarchy, options } = setUp()
    setupLogging({ ...options, variables: {}, service: 'hapa-backend', source: true, directory })
    function generateCode() {
      hierarchy.getLogger('api_monitor').info('API 요청 시작')
    }
    generateCode()
    const place = { module: 'setup.test', function: 'generateCode', line: expect.any(Number) }
    expect(JSON.parse(lines[0] as string)).toMatchObject(place)
    setupLogging({ ...options, variables: { LOG_SOURCE: 'True', LOG_FORMAT: 'logfmt' }, directory })
    generateCode()
    expect(lines[1]).toContain(' function=generateCode ')
    setupLogging({ ...options, variables: { LOG_SOURCE: 'True', DEBUG: '1' } })
    generateCode()
    expect(lines[2]).not.toContain('generateCode')
    await hierarchy.close()
  })

  test('destinations by options, with no more than their address', () => {
    const { options, handlers } = setUp()
    const girok = { url: 'http://127.0.0.1:1' }
    setupLogging({ ...options, variables: { DEBUG: '1' }, girok, redisUrl: 'redis://127.0.0.1:1' })
    expect(handlers()).toEqual(['console', 'redis', 'girok'])
    setupLogging({ ...options, variables: { DEBUG: '1' }, girok, remoteLogging: false })
    expect(handlers()).toEqual(['console'])
  })

  test('frameworks log under the same configuration, not below INFO', () => {
    const { hierarchy, options } = setUp()
    setupLogging({ ...options, variables: { DEBUG: '1' } })
    expect([hierarchy.getLogger('fastify').level, hierarchy.getLogger('app').level]).toEqual([20, 10])
    setupLogging({ ...options, variables: { DEBUG: '1', LOG_LEVEL: 'ERROR' } })
    expect(hierarchy.getLogger('fastify').level).toBe(40)
  })
})

describe('metrics', () => {
  test('are served on a port of their own', async () => {
    const registry = new client.Registry()
    new client.Counter({ name: 'api_requests_total', help: 'Total API requests', registers: [registry] }).inc(3)
    const server = await startMetricsServer({ port: 0, host: '127.0.0.1', registry })
    closers.push(server.close)
    const answer = await fetch(`http://127.0.0.1:${server.port}/metrics?x=1`)
    expect(answer.headers.get('content-type')).toContain('text/plain')
    expect(await answer.text()).toContain('api_requests_total 3')
    expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${server.port}/metrics`, { method: 'POST' })).status).toBe(405)
  })

  test("by the environment, with prom-client's own registry; a port that is taken is told", async () => {
    const { options, complaints } = setUp()
    const variables = { DEBUG: '1', ENABLE_METRICS: 'True', METRICS_PORT: '0', METRICS_HOST: '127.0.0.1' }
    const server = await configureFromEnvironment(variables, options).metrics
    closers.push(() => server?.close())
    expect((await fetch(`http://127.0.0.1:${server?.port}/metrics`)).status).toBe(200)
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    closers.push(() => other.close())
    const { port } = other.address() as { port: number }
    const none = configureFromEnvironment({ ...variables, METRICS_PORT: String(port) }, options)
    expect(await none.metrics).toBeUndefined()
    expect(complaints).toEqual([expect.stringContaining('EADDRINUSE')])
    expect(configureFromEnvironment({ DEBUG: '1' }, options).metrics).toBeUndefined()
  })
})

describe('fastifyLogger', () => {
  test("Fastify's own records come as ours", async () => {
    const { hierarchy } = setUp()
    const records: LogRecord[] = []
    hierarchy.root.setLevel('DEBUG').addHandler({ name: 'r', level: 0, handle: (record) => void records.push(record) })
    const app = fastify({ loggerInstance: fastifyLogger(hierarchy.getLogger('fastify')) })
    closers.push(() => app.close())
    app.get('/a', (request) => {
      request.log.warn({ size: 3 }, 'in %s', 'handler')
      request.log.trace('deep')
      throw new Error('broken')
    })
    await app.inject('/a?secret=1')
    const shown = records.map((record) => [record.level, record.logger, record.message, allFields(record)] as const)
    expect(shown.map(([level, logger, message]) => [level, logger, message])).toEqual([
      [20, 'fastify', 'incoming request'],
      [30, 'fastify', 'in handler'],
      [10, 'fastify', 'deep'],
      [40, 'fastify', 'broken'],
      [20, 'fastify', 'request completed'],
    ])
    expect(shown[0]?.[3]).toMatchObject({ request_id: 'req-1', req: { method: 'GET', url: '/a' } })
    expect(shown[1]?.[3]).toMatchObject({ request_id: 'req-1', size: 3 })
    expect((shown[3]?.[3]?.error as Error | undefined)?.stack).toContain('setup.test.ts')
    expect(shown[4]?.[3]).toMatchObject({ res: { status_code: 500 }, duration_ms: expect.any(Number) })
    expect(JSON.stringify(shown)).not.toContain('secret')
  })

  test('other forms of calls', () => {
    const { hierarchy } = setUp()
    const records: LogRecord[] = []
    hierarchy.root.setLevel('INFO').addHandler({ name: 'r', level: 0, handle: (record) => void records.push(record) })
    const log = fastifyLogger(hierarchy.getLogger('f')).child({ plugin: 'p' })
    expect(log.level).toBe('info')
    log.error(new Error('e1'))
    log.fatal(new Error('e2'), 'with a message')
    log.info({ err: new Error('e3') })
    log.debug('not')
    log.silent('not')
    log.warn('%d of %s', 1, 'x')
    expect(
      records.map((record) => [record.level, record.message, (allFields(record)?.error as Error | undefined)?.message]),
    ).toEqual([
      [40, 'e1', 'e1'],
      [50, 'with a message', 'e2'],
      [20, '', 'e3'],
      [30, '1 of x', undefined],
    ])
    expect(allFields(records[0] as LogRecord)).toMatchObject({ plugin: 'p' })
  })
})
