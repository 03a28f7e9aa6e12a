import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { AdEventLogger } from './ad-event-logger.ts'
import { ApiLogger } from './api-logger.ts'
import { ApiMonitor } from './api-monitor.ts'
import { CampaignLogger } from './campaign-logger.ts'
import { ContextualLogger } from './contextual-logger.ts'
import { copyOf } from './copy-of.ts'
import type { DomainLogger } from './domain-logger.ts'
import { ErrorTracker } from './error-tracker.ts'
import { HealthMonitor } from './health-monitor.ts'
import { InferenceLogger } from './inference-logger.ts'
import { PerformanceLogger } from './performance-logger.ts'
import { RequestTracker } from './request-tracker.ts'
import { StructuredLogger } from './structured-logger.ts'
import { type Fixture, fixture } from './testing/fixture.ts'
import { TrainingLogger } from './training-logger.ts'

/** Every method that takes fields, of every logger with a file of JSON. */
const LOGGERS: Record<string, (given: Fixture) => [DomainLogger, string[]]> = {
  training: (given) => [new TrainingLogger('t', given), ['logEpochStart', 'logStep', 'logValidation', 'logEpochEnd']],
  inference: (given) => [
    new InferenceLogger('i', { ...given, recordText: {} }),
    ['logRequest', 'logResponse', 'logFailure'],
  ],
  api: (given) => [new ApiLogger('a', given), ['logRequest', 'logResponse']],
  monitor: (given) => [
    new ApiMonitor('m', given),
    ['logRequestStart', 'logRequestEnd', 'logAiInference', 'logCacheMetrics', 'logError'],
  ],
  ads: (given) => [
    new AdEventLogger('e', { ...given, level: 'DEBUG' }),
    ['logImpression', 'logClick', 'logConversion', 'logBidRequest', 'logBidResponse', 'setContext'],
  ],
  campaign: (given) => [new CampaignLogger('c', given), ['logCampaignCreated', 'logCampaignPerformance', 'trackSpend']],
  tracker: (given) => [
    new RequestTracker('r', given),
    ['trackAdRequest', 'trackAdSelection', 'trackAdImpression', 'trackAdClick', 'trackConversion'],
  ],
  health: (given) => [new HealthMonitor('h', given), ['updateMetrics']],
}

const NAMES = [
  ...['request_id', 'user_id', 'ad_id', 'campaign_id', 'prompt', 'output', 'error', 'latency_ms', 'tokens_generated'],
  ...['duration', 'hit_rate', 'spent', 'budget', 'roas', 'message', 'level', 'timestamp', '__proto__', 'constructor'],
]

const values = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true }),
  fc.constantFrom(
    Symbol('s'),
    Object.create(null),
    Number.NaN,
    '\ud800',
    10n,
    () => 1,
    new Error('e'),
    0,
    'text',
    1e300,
  ),
)

/** Fields of names that loggers look at, some with getters that throw. */
const hostile = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), values, fc.integer({ min: 0, max: 9 })), { maxLength: 6 })
  .map((entries) => {
    const fields = {}
    for (const [name, value, kind] of entries) {
      const get = () => {
        throw new Error('no value')
      }
      const property = kind === 0 ? { get } : { value, writable: true }
      Object.defineProperty(fields, name, { ...property, enumerable: true, configurable: true })
    }
    return fields
  })

test.for(Object.keys(LOGGERS))('%s: whatever is logged, nothing is thrown and the file is JSON', async (name) => {
  const given = fixture()
  const [logger, methods] = (LOGGERS[name] as (typeof LOGGERS)[string])({ ...given, complain: () => {} } as Fixture)
  let calls = 0
  fc.assert(
    fc.property(fc.constantFrom(...methods), fc.option(hostile, { nil: undefined, freq: 20 }), (method, fields) => {
      calls++
      Reflect.get(logger, method).call(logger, fields)
    }),
    { numRuns: 300 },
  )
  await logger.close()
  expect(calls).toBe(300)
  expect(given.lines().length).toBeGreaterThan(20)
})

test('other loggers neither', async () => {
  const given = fixture()
  const complain = () => {}
  const loggers = {
    structured: new StructuredLogger('s', given),
    contextual: new ContextualLogger('x', { ...given, defaults: { a: 1 } }),
    performance: new PerformanceLogger('p', { ...given, complain }),
    errors: new ErrorTracker('e', given),
  }
  fc.assert(
    fc.property(hostile, fc.oneof(fc.string(), values) as fc.Arbitrary<string>, (fields, text) => {
      loggers.structured.setContext(fields)
      loggers.structured.error(text, fields)
      loggers.contextual.warning(text, fields)
      loggers.performance.measure(text, fields, () => 1)
      loggers.performance.wrap((..._: unknown[]) => 1, { name: 'call' })(text, fields)
      loggers.errors.trackError({ error_type: text, message: text, context: fields, exception: fields })
    }),
    { numRuns: 200 },
  )
  for (const logger of Object.values(loggers)) await logger.close()
  for (const file of given.files().filter((path) => path !== 'errors.log')) {
    expect(given.lines(file).length).toBeGreaterThanOrEqual(200)
  }
})

test('a getter that throws costs only itself, a proxy that tells nothing all of its fields', () => {
  const get = () => {
    throw new Error('no value')
  }
  const fields = Object.defineProperty({ b: 2 }, 'a', { enumerable: true, get })
  expect({ ...copyOf(fields, { c: 3 }) }).toEqual({ a: '[threw while it was read]', b: 2, c: 3 })
  const ownKeys = () => {
    throw new Error('no keys')
  }
  expect(copyOf(new Proxy({}, { ownKeys }), { c: 3 })).toEqual({ c: 3, fields: '[threw while they were read]' })
})

test('without prom-client it is said what to install', async () => {
  vi.doMock('prom-client', () => {
    throw new Error('Cannot find package')
  })
  const { loadApiMetrics } = await import('./api-metrics.ts')
  await expect(loadApiMetrics()).rejects.toThrow('metrics need the package prom-client: npm install prom-client')
  vi.doUnmock('prom-client')
})
