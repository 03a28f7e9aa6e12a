import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ContextualLogger } from './contextual-logger.ts'
import { PerformanceLogger } from './performance-logger.ts'
import { StructuredLogger } from './structured-logger.ts'
import { fixture } from './testing/fixture.ts'

const without = ({ timestamp, logger, ...rest }: Record<string, unknown>) => rest

test('the context is nested in the file and the fields of the call are flat, as in the document', async () => {
  const given = fixture()
  const logger = new StructuredLogger('ad_api', given)
  logger.info('bare')
  logger.setContext({ request_id: 'r1', user_id: 'u1' })
  logger.setContext({ user_id: 'u2' })
  logger.warning('slow', { duration_ms: 12 })
  logger.error('failed', { exception: new TypeError('t'), order: 1 })
  logger.critical('down')
  logger.clearContext()
  logger.info('after')
  await logger.close()
  expect(given.files()).toEqual(['ad_api_20251220_120000.log'])
  const context = { request_id: 'r1', user_id: 'u2' }
  const exception = { type: 'TypeError', message: 't', traceback: expect.stringContaining('structured-logger.test.ts') }
  expect(given.lines().map(without)).toEqual([
    { level: 'INFO', message: 'bare', context: {} },
    { level: 'WARNING', message: 'slow', context, duration_ms: 12 },
    { level: 'ERROR', message: 'failed', context, exception, order: 1 },
    { level: 'CRITICAL', message: 'down', context },
    { level: 'INFO', message: 'after', context: {} },
  ])
  expect(given.lines()[0]?.timestamp).toBe(new Date(given.now()).toISOString())
  expect(given.seen()[1]).toEqual([30, 'slow', { ...context, duration_ms: 12 }])
})

test('other domain loggers log with it: the context of the moment is in their records, also in those of wrapped calls', async () => {
  const given = fixture()
  const logger = new StructuredLogger('ad_api', given)
  const perf = new PerformanceLogger('unused', { logger, now: given.now })
  const query = perf.wrap(() => given.now.pass(5), { name: 'query', requestId: () => 'id', logArguments: false })
  logger.setContext({ server: 's1' })
  logger.logger.info('plain')
  perf.measure('db_insert', { table: 'campaigns' }, () => given.now.pass(100))
  query()
  logger.clearContext()
  perf.measure('after', () => {})
  await Promise.all([perf.close(), logger.close()])
  expect(given.files()).toEqual(['ad_api_20251220_120000.log'])
  const context = { server: 's1' }
  const call = { context, api_method: 'query', request_id: 'id' }
  expect(given.lines().map(({ level, ...rest }) => without(rest))).toEqual([
    { message: 'plain', context },
    {
      message: 'Operation completed: db_insert',
      context,
      operation: 'db_insert',
      duration_ms: 100,
      table: 'campaigns',
    },
    { message: 'API call started: query', ...call },
    { message: 'API call succeeded: query', ...call, duration_ms: 5, status: 'success' },
    { message: 'Operation completed: after', context: {}, operation: 'after', duration_ms: 0 },
  ])
})

test('DEBUG is recorded when the level says so', async () => {
  const given = fixture()
  const logger = new StructuredLogger('s', { ...given, level: 'DEBUG' })
  logger.debug('detail', { a: 1 })
  await logger.close()
  expect(given.lines().map(without)).toEqual([{ level: 'DEBUG', message: 'detail', context: {}, a: 1 }])
})

test('a contextual logger nests all: defaults, contexts from the outside in, the call, the later ones winning', async () => {
  const given = fixture()
  const logger = new ContextualLogger('campaign', { ...given, defaults: { service: 's', region: 'default', tier: 1 } })
  await logger.context({ region: 'outer', step: 1, tier: 2 }, () =>
    logger.context({ step: 2 }, async () => {
      await pause(1)
      logger.info('inside', { tier: 3 })
    }),
  )
  logger.error('outside', { exception: new RangeError('r') })
  await logger.close()
  expect(given.lines().map(without)).toEqual([
    { level: 'INFO', message: 'inside', context: { service: 's', region: 'outer', step: 2, tier: 3 } },
    {
      level: 'ERROR',
      message: 'outside',
      context: {
        service: 's',
        region: 'default',
        tier: 1,
        exception: { type: 'RangeError', message: 'r', traceback: expect.any(String) },
      },
    },
  ])
})

test('contexts of parallel work do not mix', async () => {
  const given = fixture()
  const logger = new ContextualLogger('p', given)
  await Promise.all(
    Array.from({ length: 50 }, (_, id) =>
      logger.context({ id }, async () => {
        await pause(id % 5)
        logger.info('one', { expected: id })
        await pause(id % 3)
        logger.info('two', { expected: id })
      }),
    ),
  )
  await logger.close()
  const contexts = given.lines().map(({ context }) => context as { id: number; expected: number })
  expect(contexts).toHaveLength(100)
  expect(contexts.filter(({ id, expected }) => id !== expected)).toEqual([])
})
