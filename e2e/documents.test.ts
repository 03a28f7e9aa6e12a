/** The queries of the founding documents, over records in the documents' own shapes and with the labels they use. */
import { afterAll, beforeAll, expect, test } from 'vitest'
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
