/** The queries of the founding documents, over records in the documents' own shapes and with the labels they use. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lines, push, QUIET, queryRange, type StreamResult, startServer, type TestServer, UNLIMITED } from './server.ts'

let server: TestServer
const now = Math.floor(Date.now() / 1_000) * 1_000
const iso = (ms: number) => new Date(ms).toISOString()

beforeAll(async () => {
  server = await startServer({ args: [...QUIET, ...UNLIMITED] })
  const training = (step: number, loss: number, epoch: number) => {
    const at = now - 60_000 + step
    return [
      at,
      JSON.stringify({
        timestamp: iso(at),
        level: 'INFO',
        message: 'training_step',
        epoch,
        step,
        loss,
        learning_rate: 0.0001,
      }),
    ] as const
  }
  await push(server, { job: 'training', service: 'mlops' }, [
    training(100, 0.234, 1),
    training(200, 0.09, 1),
    training(300, 0.05, 2),
    [now - 50_000, 'Epoch 2 done'],
  ])
  await push(server, { job: 'training', service: 'mlops', level: 'ERROR' }, [
    [now - 40_000, '{"level":"ERROR","message":"CUDA out of memory"}'],
  ])
  const inference = (i: number, latency: number) =>
    [
      now - 30_000 + i,
      JSON.stringify({
        timestamp: iso(now - 30_000 + i),
        level: 'INFO',
        message: 'inference_response',
        request_id: i === 1 ? 'req_abc123' : `req_${i}`,
        latency_ms: latency,
        tokens_generated: 50,
      }),
    ] as const
  await push(server, { job: 'inference', service: 'mlops' }, [
    inference(1, 234.5),
    inference(2, 1_500),
    inference(3, 90),
  ])
  await push(server, { job: 'inference', service: 'mlops', request_id: 'req_abc123' }, [inference(4, 1)])
  for (const gpu of ['0', '1']) {
    await push(server, { job: 'system', service: 'mlops', gpu_id: gpu }, [
      [
        now - 20_000,
        JSON.stringify({
          level: 'INFO',
          message: 'gpu_metrics',
          gpu_id: Number(gpu),
          gpu_memory_percent: 45.2 + Number(gpu) * 50,
          temperature: 65 + Number(gpu) * 10,
        }),
      ],
    ])
  }
})
afterAll(() => server.dispose())

const recent = { start: `${now - 3_600_000}000000`, end: `${now + 1_000}000000`, direction: 'forward' }
const ask = (query: string) => lines(server, query, recent)

test('L1: a line format of parsed fields; a plain-text line renders empty fields and is kept', async () => {
  expect(await ask('{job="training"} | json | line_format "Step {{.step}}: Loss {{.loss}}"')).toEqual(
    expect.arrayContaining(['Step 100: Loss 0.234', 'Step 200: Loss 0.09', 'Step 300: Loss 0.05']),
  )
})

test('L2: numbers compare as numbers; what cannot be parsed is kept and marked', async () => {
  const found = await ask('{job="training"} | json | loss < 0.1 | __error__=""')
  expect(found.map((line) => JSON.parse(line).step)).toEqual([200, 300])
})

test('L3: an equality of a parsed field', async () => {
  expect((await ask('{job="training"} | json | epoch="1"')).length).toBe(2)
})

test('L5: latency above a second', async () => {
  expect(
    (await ask('{job="inference"} | json | latency_ms > 1000')).map((line) => JSON.parse(line).latency_ms),
  ).toEqual([1_500])
})

test('L6, L9, L10, L11, L12: selectors by the labels of the documents', async () => {
  expect(await ask('{job="inference", request_id="req_abc123"}')).toHaveLength(1)
  expect(await ask('{job="system", gpu_id="0"}')).toHaveLength(1)
  expect(await ask('{service="mlops", level="ERROR"}')).toHaveLength(1)
  expect(await ask('{job="training", level="ERROR"}')).toHaveLength(1)
  expect(await ask('{level="ERROR"} |= "out of memory"')).toHaveLength(1)
})

test('their intent where the field is no label: found in the line all the same', async () => {
  expect(await ask('{job="inference"} | json | request_id="req_abc123"')).toHaveLength(2)
  expect(await ask('{job="system"} | json | gpu_id="0"')).toHaveLength(1)
  expect(await ask('{service=~".+"} | json | level="ERROR" |= "out of memory"')).toHaveLength(1)
})

test('L7, L8: GPU lines', async () => {
  expect(await ask('{job="system"} | json | line_format "GPU {{.gpu_id}}: {{.gpu_memory_percent}}%"')).toEqual([
    'GPU 0: 45.2%',
    'GPU 1: 95.2%',
  ])
  expect(await ask('{job="system"} | json | temperature > 70')).toHaveLength(1)
})

test('L16: requests per second', async () => {
  const { result } = await queryRange(server, 'sum(rate({job="inference"}[1m]))', {
    ...recent,
    start: `${now}000000`,
    end: `${now}000000`,
    step: '60',
  })
  const [series] = result as { values: [number, string][] }[]
  expect(Number(series?.values[0]?.[1])).toBeCloseTo(4 / 60, 12)
})

test('a field that is also a label gets the name with _extracted', async () => {
  const { result } = await queryRange(server, '{job="training", level="ERROR"} | json', recent)
  expect((result as StreamResult[])[0]?.stream).toMatchObject({ level: 'ERROR', level_extracted: 'ERROR' })
})

/** The same records without the labels that the documents' selectors name: request_id, gpu_id and level are fields only. */
describe('every query of the documents, as written and as meant', () => {
  const headers = { 'x-scope-orgid': 'plain', 'content-type': 'application/json' }
  const at = now - 20_000
  const latencies = [234.5, 1_500, 90]
  beforeAll(async () => {
    const values = (records: readonly (object | string)[]) =>
      records.map((record, i) => [
        `${at + i}000000`,
        typeof record === 'string' ? record : JSON.stringify({ timestamp: iso(at + i), ...record }),
      ])
    const streams = [
      {
        stream: { job: 'training', service: 'mlops' },
        values: values([
          { level: 'INFO', message: 'training_step', epoch: 1, step: 100, loss: 0.234 },
          { level: 'INFO', message: 'training_step', epoch: 1, step: 200, loss: 0.1 },
          { level: 'INFO', message: 'training_step', epoch: 2, step: 300, loss: 0.05 },
          { level: 'ERROR', message: 'CUDA out of memory' },
        ]),
      },
      {
        stream: { job: 'inference', service: 'mlops' },
        values: values(
          latencies.map((latency_ms, i) => ({
            level: 'INFO',
            request_id: i === 0 ? 'req_abc123' : `req_${i}`,
            latency_ms,
          })),
        ),
      },
      {
        stream: { job: 'system', service: 'mlops' },
        values: values(
          [0, 1].map((gpu_id) => ({
            level: 'INFO',
            gpu_id,
            gpu_memory_percent: 45.2 + 50.3 * gpu_id,
            gpu_utilization: 78.5 - gpu_id,
            temperature: 65 + 5 * gpu_id,
          })),
        ),
      },
    ]
    const body = JSON.stringify({ streams })
    expect((await server.fetch('/loki/api/v1/push', { method: 'POST', headers, body })).status).toBe(204)
  })

  async function answerTo(query: string): Promise<{ type: string; result: unknown[] }> {
    const isLog = query.startsWith('{')
    const params = isLog ? { ...recent, query } : { query, time: `${now}000000` }
    const path = isLog ? 'query_range' : 'query'
    const response = await server.fetch(`/loki/api/v1/${path}?${new URLSearchParams(params)}`, { headers })
    const text = await response.text()
    expect([query, response.status, text.slice(0, 300)]).toEqual([query, 200, expect.anything()])
    const { data } = JSON.parse(text)
    return { type: data.resultType, result: data.result }
  }
  const count = async (query: string) =>
    ((await answerTo(query)).result as StreamResult[]).reduce((sum, { values }) => sum + values.length, 0)
  const samples = async (query: string) => {
    const { result } = (await answerTo(query)) as {
      result: { metric: Record<string, string>; value: [number, string] }[]
    }
    return result
      .map(({ metric, value }) => ({ job: metric.job, gpu_id: metric.gpu_id, value: Number(value[1]) }))
      .sort((a, b) => a.value - b.value)
  }
  const values = async (query: string) => (await samples(query)).map(({ value }) => value)
  const mean = latencies.reduce((sum, one) => sum + one) / 3
  const near = (wanted: readonly number[]) => wanted.map((value) => expect.closeTo(value, 9))

  test.each([
    ['L1', '{job="training"} | json | line_format "Step {{.step}}: Loss {{.loss}}"', 4],
    ['L2 as written', '{job="training"} | json | loss < 0.1', 1],
    ['L2 as meant', '{job="training"} | json | loss <= 0.1', 2],
    ['L3', '{job="training"} | json | epoch="1"', 2],
    ['L5', '{job="inference"} | json | latency_ms > 1000', 1],
    ['L6 as written', '{job="inference", request_id="req_abc123"}', 1],
    ['L6 as meant', '{job="inference"} | json | request_id="req_abc123"', 1],
    ['L7', '{job="system"} | json | line_format "GPU {{.gpu_id}}: {{.gpu_memory_percent}}%"', 2],
    ['L8 as written', '{job="system"} | json | temperature > 70', 0],
    ['L8 as meant', '{job="system"} | json | temperature >= 70', 1],
    ['L9 as written', '{job="system", gpu_id="0"}', 1],
    ['L9 as meant', '{job="system"} | json | gpu_id="0"', 1],
    ['L10 as written', '{service="mlops", level="ERROR"}', 1],
    ['L10 as meant', '{service="mlops"} | json | level="ERROR"', 1],
    ['L11 as written', '{job="training", level="ERROR"}', 1],
    ['L11 as meant', '{job="training"} | json | level="ERROR"', 1],
    ['L12 as written', '{level="ERROR"} |= "out of memory"', 1],
    ['L12 as meant', '{service=~".+"} | json | level="ERROR" |= "out of memory"', 1],
  ])('%s: %s', async (_id, query, lines) => {
    expect(await count(query)).toBe(lines)
  })

  test('L4, L18 as written: each request is a series of its own, since json makes a label of every field', async () => {
    const each = near([90, 234.5, 1_500])
    expect(await values('avg_over_time({job="inference"} | json | unwrap latency_ms [5m])')).toEqual(each)
    expect(await values('quantile_over_time(0.95, {job="inference"} | json | unwrap latency_ms [5m])')).toEqual(each)
  })
  test('L4, L18 as meant: one series of the job', async () => {
    expect(await samples('avg_over_time({job="inference"} | json | unwrap latency_ms [5m]) by (job)')).toEqual([
      { job: 'inference', value: expect.closeTo(mean, 9) },
    ])
    const p95 = 'quantile_over_time(0.95, {job="inference"} | json | unwrap latency_ms [5m]) by (job)'
    expect(await values(p95)).toEqual(near([234.5 + 0.9 * (1_500 - 234.5)]))
  })

  test('L13 as written is the mean over all lines, as meant the fullest GPU', async () => {
    const written = 'avg(max_over_time({job="system"} | json | unwrap gpu_memory_percent [1m]))'
    expect(await values(written)).toEqual(near([70.35]))
    expect(await values(`${written} > 90`)).toEqual([])
    expect(
      await samples('max_over_time({job="system"} | json | unwrap gpu_memory_percent [1m]) by (gpu_id) > 90'),
    ).toEqual([{ gpu_id: '1', value: 95.5 }])
  })

  test('L14, L17 as written are the mean by the seconds of the range, as meant the mean', async () => {
    const written = 'avg(rate({job="inference"} | json | unwrap latency_ms [5m]))'
    expect(await values(written)).toEqual(near([mean / 300]))
    expect(await values(`${written} > 1000`)).toEqual([])
    const meant = 'avg_over_time({job="inference"} | json | unwrap latency_ms [5m]) by (job)'
    expect(await values(`${meant} > 600`)).toEqual(near([mean]))
    expect(await values(`${meant} > 1000`)).toEqual([])
  })

  test('L15 as written is each loss by the seconds of the range, as meant the mean', async () => {
    const losses = [0.05, 0.1, 0.234]
    expect(await values('rate({job="training"} | json | unwrap loss [1m])')).toEqual(
      near(losses.map((loss) => loss / 60)),
    )
    expect(await values('avg_over_time({job="training"} | json | unwrap loss [1m]) by (job)')).toEqual(near([0.128]))
  })

  test('L16: requests per second', async () => {
    expect(await values('sum(rate({job="inference"}[1m]))')).toEqual(near([3 / 60]))
  })

  test('L19 as written is the sum by the seconds of the range, as meant the mean', async () => {
    const written = 'max by (gpu_id) (rate({job="system"} | json | unwrap gpu_utilization [1m]))'
    expect(await samples(written)).toEqual([
      { gpu_id: '1', value: expect.closeTo(77.5 / 60, 9) },
      { gpu_id: '0', value: expect.closeTo(78.5 / 60, 9) },
    ])
    const meant = 'avg_over_time({job="system"} | json | unwrap gpu_utilization [1m]) by (gpu_id)'
    expect(await values(meant)).toEqual(near([77.5, 78.5]))
  })

  test.each([
    ['L13c', 'WHEN last() > 90'],
    ['L14c', 'WHEN last() > 1000'],
    ['a line of the form', 'Query: avg(rate({job="inference"} | json | unwrap latency_ms [5m]))'],
    [
      'a block with several queries',
      '# steps\n{job="training"} | json\n\n# loss\n{job="training"} | json | loss < 0.1',
    ],
  ])('%s is no query, and is refused with a place', async (_id, query) => {
    const response = await server.fetch(`/loki/api/v1/query_range?${new URLSearchParams({ query })}`, { headers })
    expect(response.status).toBe(400)
    expect(await response.text()).toMatch(/^parse error at line \d+, col \d+: /)
  })
})
