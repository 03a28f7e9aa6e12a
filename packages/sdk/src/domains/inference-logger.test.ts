import { expect, test } from 'vitest'
import { InferenceLogger } from './inference-logger.ts'
import { type Fixture, fixture } from './testing/fixture.ts'

const open = ({ hierarchy, logDirectory, now }: Fixture, more = {}) =>
  new InferenceLogger('vllm_server', { hierarchy, logDirectory, now, ...more })

test('a response is field by field as the ML guide has it', async () => {
  const given = fixture()
  const inference = open(given)
  inference.logResponse({
    request_id: 'req_abc123',
    latency_ms: 234.5,
    tokens_generated: 50,
    model_name: 'llama-3-8b',
  })
  await inference.close()
  expect(given.files()).toEqual(['inference/vllm_server_20251220_120000.log'])
  expect(given.content()).toBe(
    `{"timestamp":"${new Date(given.now()).toISOString()}","level":"INFO","logger":"inference.vllm_server",` +
      '"message":"inference_response","request_id":"req_abc123","latency_ms":234.5,"tokens_generated":50,' +
      '"tokens_per_second":213.2,"model_name":"llama-3-8b"}\n',
  )
})

test('a request is recorded with the length of its prompt, and its response takes from it what it is not given', async () => {
  const given = fixture()
  const inference = open(given)
  inference.logRequest({ request_id: 'r1', prompt: '안녕 👋', model_name: 'm', user_id: 'u' })
  given.now.pass(500)
  inference.logResponse({ request_id: 'r1', tokens_generated: 10, output: 'hello' })
  expect(given.seen()).toEqual([
    [20, 'inference_request', { request_id: 'r1', prompt_length: 4, model_name: 'm', user_id: 'u' }],
    [
      20,
      'inference_response',
      {
        request_id: 'r1',
        latency_ms: 500,
        tokens_generated: 10,
        tokens_per_second: 20,
        model_name: 'm',
        prompt_length: 4,
        output_length: 5,
      },
    ],
  ])
  await inference.close()
})

test('texts are recorded only when asked for, redacted before they are cut', async () => {
  const given = fixture()
  const redact = (text: string) => text.replaceAll(/\d{4}-\d{4}/g, '***masked***')
  const inference = open(given, { recordText: { redact, maxLength: 20 } })
  inference.logRequest({ request_id: 'r', prompt: 'my card: 1234-5678, and more', model_name: 'm' })
  inference.logResponse({ request_id: 'r', tokens_generated: 1, output: '👋'.repeat(30) })
  const fields = given.seen().map(([, , all]) => all as Record<string, unknown>)
  expect(fields[0]?.prompt).toBe('my card: ***masked**')
  expect(fields[0]?.prompt_length).toBe(28)
  expect(fields[1]?.output).toBe('👋'.repeat(10))
  await inference.close()
  const quiet = open(fixture(), { recordText: { redact, prompt: false, output: false } })
  quiet.logRequest({ request_id: 'r', prompt: 'secret', model_name: 'm' })
  await quiet.close()
})

test("without a function of one's own, what looks like personal data is masked", async () => {
  const given = fixture()
  const inference = open(given, { recordText: {} })
  inference.logRequest({
    request_id: 'r',
    prompt: 'write to kim@example.com, card 4111 1111 1111 1111',
    model_name: 'm',
  })
  expect(given.seen()[0]?.[2]).toMatchObject({ prompt: 'write to ***masked***, card ***masked***', prompt_length: 50 })
  await inference.close()
})

test('neither text is in the file without that option, nor when redaction throws', async () => {
  const given = fixture()
  const inference = open(given)
  const broken = open(given, {
    recordText: {
      redact: () => {
        throw new Error('no')
      },
    },
  })
  for (const logger of [inference, broken]) {
    logger.logRequest({ request_id: 'r', prompt: 'the secret', model_name: 'm' })
    logger.logResponse({ request_id: 'r', tokens_generated: 1, output: 'the secret' })
    logger.logFailure({ request_id: 'r', error: 'e', prompt: 'the secret', output: 'the secret' })
    logger.logRequest({ request_id: 'r', prompt: [{ content: 'the secret' }] as unknown as string, model_name: 'm' })
    await logger.close()
  }
  expect(
    given
      .files()
      .map((file) => given.content(file))
      .join(''),
  ).not.toContain('secret')
  expect(given.lines(given.files()[1]).map(({ prompt, output }) => prompt ?? output)).toEqual([
    '[redaction failed]',
    '[redaction failed]',
    '[redaction failed]',
    '[redaction failed]',
  ])
})

test('failures keep what is known of the request', async () => {
  const given = fixture()
  const inference = open(given)
  inference.logRequest({ request_id: 'r', prompt: 'abc', model_name: 'm' })
  given.now.pass(7)
  inference.logFailure({ request_id: 'r', error: new RangeError('CUDA out of memory') })
  expect(given.seen()[1]).toMatchObject([
    40,
    'inference_failure',
    {
      request_id: 'r',
      latency_ms: 7,
      model_name: 'm',
      prompt_length: 3,
      error_type: 'RangeError',
      exception: expect.any(RangeError),
    },
  ])
  await inference.flush()
  expect(given.lines()[1]?.exception).toEqual({
    type: 'RangeError',
    message: 'CUDA out of memory',
    traceback: expect.stringContaining('inference-logger.test.ts'),
  })
  await inference.close()
})

test('requests that never get a response are forgotten, by number and by age', async () => {
  const given = fixture()
  const inference = open(given, { maxPending: 2, maxPendingMs: 1000 })
  const respond = (request_id: string) => {
    inference.logResponse({ request_id, tokens_generated: 1 })
    const { latency_ms } = Object(given.seen().at(-1)?.[2])
    return latency_ms
  }
  for (const request_id of ['a', 'b', 'c']) inference.logRequest({ request_id, prompt: '', model_name: 'm' })
  given.now.pass(1000)
  expect([respond('a'), respond('b')]).toEqual([undefined, 1000])
  given.now.pass(1)
  expect(respond('c')).toBeUndefined()
  await inference.close()
})

test('a latency of zero gives no tokens per second', async () => {
  const given = fixture()
  const inference = open(given)
  inference.logResponse({ request_id: 'r', tokens_generated: 5, latency_ms: 0, model_name: 'm' })
  expect(given.seen()[0]?.[2]).toEqual({ request_id: 'r', tokens_generated: 5, latency_ms: 0, model_name: 'm' })
  await inference.close()
})
