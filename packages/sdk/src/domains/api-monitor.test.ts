import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'

import { describe, expect, test } from 'vitest'
import { withContext } from '../index.ts'
import { apiMetrics, loadApiMetrics, metricsEndpoint } from './api-metrics.ts'
import { ApiMonitor } from './api-monitor.ts'
import { errorCounterHandler } from './error-counter.ts'
import { fixture } from './testing/fixture.ts'
import { client } from './testing/prom-client.ts'

const REQUEST = { method: 'POST', endpoint: '/api/v1/code/generate', client_ip: '192.168.1.100' }

/** Lines of the exposition that are no comments, with a certain start. */
async function exposed(registry: Registry, start: string): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith(start))
}

describe('records', () => {
  test('have the texts and fields of the API monitor, without any metrics', async () => {
    const given = fixture()
    const monitor = new ApiMonitor(undefined, given)
    monitor.logRequestStart(REQUEST)
    monitor.logRequestEnd({ ...REQUEST, status_code: 200, duration: 0.03125 })
    monitor.logAiInference({ duration: 1.5, prompt_length: 120, response_length: 45 })
    monitor.logAiInference({ duration: 0.001, prompt_length: 1, response_length: 2, cached: true })
    monitor.logError(new RangeError('too far'), { user_id: 'user123' })
    monitor.logError('text')
    monitor.logCacheMetrics({ hit_rate: 0.8125, cache_size: 42 })
    await monitor.close()
    const ends = { duration: 0.03125, event_type: 'request_end' }
    expect(given.seen()).toEqual([
      [20, 'API 요청 시작: POST /api/v1/code/generate', { ...REQUEST, event_type: 'request_start' }],
      [20, 'API 요청 완료: POST /api/v1/code/generate - 200 (0.0312s)', { ...REQUEST, status_code: 200, ...ends }],
      [
        20,
        'AI 추론 완료: 1.5000s (입력: 120자, 출력: 45자, 캐시: False)',
        { duration: 1.5, prompt_length: 120, response_length: 45, cached: false, event_type: 'ai_inference' },
      ],
      [
        20,
        'AI 추론 완료: 0.0010s (입력: 1자, 출력: 2자, 캐시: True)',
        { duration: 0.001, prompt_length: 1, response_length: 2, cached: true, event_type: 'ai_inference' },
      ],
      [
        40,
        '오류 발생: RangeError: too far',
        {
          error_type: 'RangeError',
          error_message: 'too far',
          context: { user_id: 'user123' },
          event_type: 'error',
        },
      ],
      [40, '오류 발생: Error: text', { error_type: 'Error', error_message: 'text', context: {}, event_type: 'error' }],
      [20, '캐시 상태: 적중률 81.25%, 크기 42', { hit_rate: 0.8125, cache_size: 42, event_type: 'cache_metrics' }],
    ])
    expect(given.files()).toEqual(['api/api_monitor_20251220_120000.log'])
    expect(given.content()).toContain('"logger":"api_monitor","message":"API 요청 시작: POST')
  })

  test('a request id comes from the context, from the request to the inference', async () => {
    const given = fixture()
    const monitor = new ApiMonitor('m', given)
    await withContext({ request_id: 'r1' }, async () => {
      monitor.logRequestStart(REQUEST)
      await new Promise(setImmediate)
      monitor.logAiInference({ duration: 1, prompt_length: 1, response_length: 1 })
    })
    await monitor.close()
    expect(given.lines().map(({ event_type, request_id }) => [event_type, request_id])).toEqual([
      ['request_start', 'r1'],
      ['ai_inference', 'r1'],
    ])
  })

  test('texts may be others; one that throws costs no record, nor do values of other types', async () => {
    const given = fixture()
    const monitor = new ApiMonitor('m', {
      ...given,
      texts: {
        requestStart: ({ method }) => `begin ${method}`,
        cacheMetrics: () => {
          throw new Error('no text')
        },
      },
    })
    monitor.logRequestStart(REQUEST)
    monitor.logCacheMetrics({ hit_rate: 1, cache_size: 1 })
    monitor.logRequestEnd({ ...REQUEST, status_code: 200, duration: undefined as unknown as number })
    expect(given.seen().map(([, message]) => message)).toEqual([
      'begin POST',
      '[the text of this message failed: no text]',
      'API 요청 완료: POST /api/v1/code/generate - 200 (undefineds)',
    ])
    await monitor.close()
  })
})

describe('metrics', () => {
  test('have the names, help texts, types and buckets of the document', async () => {
    const registry = new client.Registry()
    const metrics = apiMetrics(client, { registry })
    metrics.requestEnded('GET', '/a', 200, 0.06)
    metrics.aiInference(6)
    metrics.countError('X')
    expect((await registry.metrics()).split('\n').filter((line) => line.startsWith('#'))).toEqual(
      [
        ['api_requests_total', 'Total API requests', 'counter'],
        ['api_request_duration_seconds', 'API request duration', 'histogram'],
        ['ai_inference_duration_seconds', 'AI model inference duration', 'histogram'],
        ['active_connections', 'Number of active connections', 'gauge'],
        ['api_errors_total', 'Total API errors', 'counter'],
        ['cache_hit_rate', 'Cache hit rate percentage', 'gauge'],
      ].flatMap(([name, help, type]) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]),
    )
    const bounds = [
      '0.005',
      '0.01',
      '0.025',
      '0.05',
      '0.075',
      '0.1',
      '0.25',
      '0.5',
      '0.75',
      '1',
      '2.5',
      '5',
      '7.5',
      '10',
    ]
    expect(await exposed(registry, 'api_request_duration_seconds_bucket')).toEqual(
      [...bounds, '+Inf'].map((le, at) => `api_request_duration_seconds_bucket{le="${le}"} ${at >= 4 ? 1 : 0}`),
    )
    expect(await exposed(registry, 'ai_inference_duration_seconds_bucket{le="7.5"}')).toEqual([
      'ai_inference_duration_seconds_bucket{le="7.5"} 1',
    ])
  })

  test('follow requests, errors, inference and cache', async () => {
    const registry = new client.Registry()
    const monitor = new ApiMonitor('m', { ...fixture(), metrics: apiMetrics(client, { registry }) })
    monitor.logRequestStart(REQUEST)
    monitor.logRequestStart(REQUEST)
    expect(await exposed(registry, 'active_connections')).toEqual(['active_connections 2'])
    monitor.logRequestEnd({ ...REQUEST, status_code: 200, duration: 0.5 })
    monitor.logRequestEnd({ ...REQUEST, status_code: 500, duration: 1.5 })
    monitor.logAiInference({ duration: 2, prompt_length: 1, response_length: 1 })
    monitor.logAiInference({ duration: 2, prompt_length: 1, response_length: 1, cached: true })
    monitor.logError(new TypeError('t'))
    monitor.logger.error('something else')
    monitor.logCacheMetrics({ hit_rate: 0.85, cache_size: 3 })
    expect(await exposed(registry, 'active_connections')).toEqual(['active_connections 0'])
    expect(await exposed(registry, 'api_requests_total')).toEqual([
      'api_requests_total{method="POST",endpoint="/api/v1/code/generate",status="200"} 1',
      'api_requests_total{method="POST",endpoint="/api/v1/code/generate",status="500"} 1',
    ])
    expect(await exposed(registry, 'api_request_duration_seconds_sum')).toEqual(['api_request_duration_seconds_sum 2'])
    expect(await exposed(registry, 'ai_inference_duration_seconds_count')).toEqual([
      'ai_inference_duration_seconds_count 1',
    ])
    expect(await exposed(registry, 'api_errors_total')).toEqual([
      'api_errors_total{error_type="TypeError"} 1',
      'api_errors_total{error_type="unknown"} 1',
    ])
    expect(await exposed(registry, 'cache_hit_rate')).toEqual(['cache_hit_rate 85'])
    await monitor.close()
  })

  test('of a second monitor are those of the first; of another kind they are refused', async () => {
    const registry = new client.Registry()
    const first = apiMetrics(client, { registry })
    const second = apiMetrics(client, { registry })
    first.countError('a')
    second.countError('a')
    expect(await exposed(registry, 'api_errors_total')).toEqual(['api_errors_total{error_type="a"} 2'])
    const other = new client.Registry()
    new client.Gauge({ name: 'api_requests_total', help: 'x', registers: [other] })
    expect(() => apiMetrics(client, { registry: other })).toThrow('has a metric api_requests_total of another kind')
  })

  test('by default are in the registry of the installed prom-client', async () => {
    const metrics = await loadApiMetrics()
    expect(metrics.registry).toBe(client.register)
    metrics.cacheHitRate(0.5)
    expect(await exposed(client.register, 'cache_hit_rate')).toEqual(['cache_hit_rate 50'])
    client.register.clear()
  })

  test('count errors of every logger below the one that the handler is added to, each once', async () => {
    const registry = new client.Registry()
    const metrics = apiMetrics(client, { registry })
    const given = fixture()
    given.hierarchy.root.addHandler(metrics.errorHandler)
    const monitor = new ApiMonitor('m', { ...given, metrics })
    monitor.logError(new SyntaxError('s'))
    given.hierarchy.getLogger('shop.pay').error('failed', { error_type: 'PaymentError' })
    given.hierarchy.getLogger('shop').with({ error_type: 'BoundError' }).critical('down')
    given.hierarchy.getLogger('shop').error('plain')
    given.hierarchy.getLogger('shop').warning('no error', { error_type: 'W' })
    expect(await exposed(registry, 'api_errors_total')).toEqual([
      'api_errors_total{error_type="SyntaxError"} 1',
      'api_errors_total{error_type="PaymentError"} 1',
      'api_errors_total{error_type="BoundError"} 1',
      'api_errors_total{error_type="unknown"} 1',
    ])
    await monitor.close()
  })

  test('errors may be counted by anything else', () => {
    const { hierarchy } = fixture()
    const counted: string[] = []
    const counter = { countError: (type: string) => void counted.push(type) }
    hierarchy.root.addHandler(errorCounterHandler(counter, { level: 'CRITICAL' }))
    hierarchy.root.error('e', { error_type: 'E' })
    hierarchy.root.critical('c', { error_type: 7 })
    expect(counted).toEqual(['unknown'])
  })

  test('values that prom-client refuses are told and not thrown; labels are bounded', async () => {
    const registry = new client.Registry()
    const complaints: string[] = []
    const metrics = apiMetrics(client, { registry, maxLabelValues: 2, complain: (text) => void complaints.push(text) })
    metrics.requestEnded('GET', '/a', 200, 'slow' as unknown as number)
    expect(complaints).toEqual([expect.stringMatching(/^a metric was not counted: .*slow/)])
    for (const path of ['/b', '/c', '/d', '/b']) metrics.requestEnded('GET', path, 200, 1)
    expect(await exposed(registry, 'api_requests_total')).toEqual([
      'api_requests_total{method="GET",endpoint="/a",status="200"} 1',
      'api_requests_total{method="GET",endpoint="/b",status="200"} 2',
      'api_requests_total{method="GET",endpoint="other",status="200"} 2',
    ])
  })

  test('are answered in the text format', async () => {
    const registry = new client.Registry()
    apiMetrics(client, { registry }).countError('x')
    const server = createServer(metricsEndpoint(registry))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
    const response = await fetch(url)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(await response.text()).toContain('api_errors_total{error_type="x"} 1')
    new client.Gauge({
      name: 'broken',
      help: 'b',
      registers: [registry],
      collect: () => {
        throw new Error('no reading')
      },
    })
    const failed = await fetch(url)
    expect([failed.status, await failed.text()]).toEqual([500, 'metrics cannot be collected: no reading\n'])
    server.closeAllConnections()
    server.close()
  })
})
