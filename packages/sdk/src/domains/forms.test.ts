// The records of the founding documents, character by character, in the files of the loggers that write them.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withContext } from '../context.ts'
import { jsonFormatter } from '../formatters/json.ts'
import { ApiLogger } from './api-logger.ts'
import { ApiMonitor } from './api-monitor.ts'
import { InferenceLogger } from './inference-logger.ts'
import { StructuredLogger } from './structured-logger.ts'
import { GPUMonitor } from './system-monitor.ts'
import { fixture } from './testing/fixture.ts'
import { TrainingLogger } from './training-logger.ts'

const zone = process.env.TZ
beforeEach(() => {
  process.env.TZ = 'UTC'
})
afterEach(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const START = Date.UTC(2025, 11, 20, 12)

test('the ML guide: seconds, no logger, the fields of the call', async () => {
  const given = fixture(START)
  const formatter = jsonFormatter({ time: 'iso-seconds', names: { logger: false } })
  const options = { ...given, formatter }
  const training = new TrainingLogger('llama3_qlora', options)
  const memory = { gpu_memory_used: 14_336, gpu_memory_total: 31_744 }
  training.logStep({ epoch: 1, step: 100, loss: 0.234, learning_rate: 0.0001, ...memory })
  const inference = new InferenceLogger('vllm_server', options)
  const answer = { request_id: 'req_abc123', latency_ms: 234.5, tokens_generated: 50, model_name: 'llama-3-8b' }
  inference.logResponse(answer)
  const card = { gpu_id: 0, ...memory, gpu_memory_percent: 45.2, gpu_utilization: 78.5, temperature: 65 }
  const readGpus = async () => [{ ...card, power_watts: 280.5, gpu_name: undefined }]
  const gpus = new GPUMonitor('gpu', { ...options, readGpus })
  await gpus.logAllMetrics()
  const api = new ApiLogger('fastapi_server', { ...options, directory: 'fastapi' })
  api.logRequest({ request_id: 'req_xyz789', method: 'POST', path: '/v1/chat/completions' })
  api.logResponse({ request_id: 'req_xyz789', status_code: 200, duration_ms: 234.5 })
  await Promise.all([training, inference, gpus, api].map((logger) => logger.close()))

  const head = '{"timestamp":"2025-12-20T12:00:00Z","level":"INFO","message":'
  const last = (directory: string) =>
    given
      .content(given.files().find((file) => file.startsWith(directory)))
      .trimEnd()
      .split('\n')
      .at(-1)
  expect(last('training')).toBe(
    `${head}"training_step","epoch":1,"step":100,"loss":0.234,"learning_rate":0.0001,` +
      '"gpu_memory_used":14336,"gpu_memory_total":31744,"run_id":"llama3_qlora_20251220_120000"}',
  )
  expect(last('inference')).toBe(
    `${head}"inference_response","request_id":"req_abc123","latency_ms":234.5,"tokens_generated":50,` +
      '"tokens_per_second":213.2,"model_name":"llama-3-8b"}',
  )
  expect(last('system')).toBe(
    `${head}"gpu_metrics","gpu_id":0,"gpu_memory_used":14336,"gpu_memory_total":31744,"gpu_memory_percent":45.2,` +
      '"gpu_utilization":78.5,"temperature":65,"power_watts":280.5}',
  )
  expect(last('fastapi')).toBe(
    `${head}"api_response","request_id":"req_xyz789","method":"POST","path":"/v1/chat/completions","status_code":200,` +
      '"duration_ms":234.5}',
  )
})

test('the ad chapter: UTC without zone in microseconds, the context nested, the exception apart', async () => {
  const given = fixture(START)
  const formatter = jsonFormatter({
    time: 'iso-no-zone',
    names: { logger: false },
    contextKey: 'context',
    exceptionKey: 'exception',
  })
  const logger = new StructuredLogger('ad_api', { ...given, formatter })
  logger.setContext({ user_id: 'u1' })
  const exception = Object.assign(new RangeError('no budget'), { stack: 'at spend' })
  logger.error('failed', { exception, ad_id: 'a1' })
  await logger.close()
  expect(given.content()).toBe(
    '{"timestamp":"2025-12-20T12:00:00.000000","level":"ERROR","message":"failed","context":{"user_id":"u1"},' +
      '"ad_id":"a1","exception":{"type":"RangeError","message":"no budget","traceback":"at spend"}}\n',
  )
})

test('the backend document, production: the place of the call, the fields of service, call and context', async () => {
  const given = fixture(new Date(2024, 11, 28, 10, 30, 0, 123).getTime())
  given.hierarchy.root.setDefaults({ service: 'hapa-backend', environment: 'production' })
  const monitor = new ApiMonitor(undefined, { ...given, formatter: jsonFormatter({ time: 'iso-local', source: true }) })
  function generateCode() {
    monitor.logRequestStart({ method: 'POST', endpoint: '/api/v1/code/generate', client_ip: '192.168.1.100' })
  }
  withContext({ user_id: 'user123' }, generateCode)
  await monitor.close()
  expect(given.lines()).toEqual([
    {
      timestamp: '2024-12-28T10:30:00.123000',
      level: 'INFO',
      logger: 'api_monitor',
      message: 'API 요청 시작: POST /api/v1/code/generate',
      module: 'forms.test',
      function: 'generateCode',
      line: expect.any(Number),
      service: 'hapa-backend',
      environment: 'production',
      method: 'POST',
      endpoint: '/api/v1/code/generate',
      client_ip: '192.168.1.100',
      event_type: 'request_start',
      user_id: 'user123',
    },
  ])
  expect(given.content()).not.toContain('\\u')
})
