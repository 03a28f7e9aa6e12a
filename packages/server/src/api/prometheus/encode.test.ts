import { expect, test } from 'vitest'
import type { PromAnswer } from '../../query/promql/prom-engine.ts'
import { type AnswerParts, answerBody, instantParts, matrixParts } from './encode.ts'

const grid = { startMs: 1500, stepMs: 250, count: 3 }
const once = { startMs: 1500, stepMs: 1, count: 1 }
const series = (labels: Record<string, string>, values: number[], present = values.map(() => 1)) => ({
  labels: new Map(Object.entries(labels)),
  values: Float64Array.from(values),
  present: Uint8Array.from(present),
})
const vector = (...all: ReturnType<typeof series>[]) => ({ kind: 'vector' as const, series: all, ordered: false })
const whole = async (parts: AnswerParts, warnings: string[] = [], infos: string[] = []) => {
  const body = answerBody(parts, { warnings, infos, stats: undefined })
  let text = ''
  if (typeof body === 'string') text = body
  else for await (const piece of body) text += piece
  return JSON.parse(text)
}

test('a matrix: in order of labels, without points and series that are not there', async () => {
  const value = vector(
    series({ __name__: 'up', b: '2' }, [1, 2, Number.NaN]),
    series({ __name__: 'up', b: '1' }, [0, 7, 0], [0, 1, 0]),
    series({ __name__: 'up', a: '"<' }, [0, 0, 0], [0, 0, 0]),
  )
  expect(await whole(matrixParts({ value, grid }))).toEqual({
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [
        { metric: { __name__: 'up', b: '1' }, values: [[1.75, '7']] },
        {
          metric: { __name__: 'up', b: '2' },
          values: [
            [1.5, '1'],
            [1.75, '2'],
            [2, 'NaN'],
          ],
        },
      ],
    },
  })
})

test('a scalar over a range is a series without labels', async () => {
  const value = { kind: 'scalar' as const, values: Float64Array.of(1, 2, 1e21) }
  expect((await whole(matrixParts({ value, grid }))).data.result).toEqual([
    {
      metric: {},
      values: [
        [1.5, '1'],
        [1.75, '2'],
        [2, '1e+21'],
      ],
    },
  ])
})

test('instant answers of each type', async () => {
  const answered = async (value: PromAnswer['value']) => (await whole(instantParts({ value, grid: once }))).data
  expect(await answered({ kind: 'scalar', values: Float64Array.of(1e21) })).toEqual({
    resultType: 'scalar',
    result: [1.5, '1000000000000000000000'],
  })
  expect(await answered({ kind: 'string', text: 'a "b"' })).toEqual({ resultType: 'string', result: [1.5, 'a "b"'] })
  const two = vector(series({ a: '2' }, [2]), series({ a: '1' }, [1]), series({ a: '0' }, [0], [0]))
  const first = { metric: { a: '1' }, value: [1.5, '1'] }
  const second = { metric: { a: '2' }, value: [1.5, '2'] }
  expect(await answered(two)).toEqual({ resultType: 'vector', result: [first, second] })
  expect(await answered({ ...two, ordered: true })).toEqual({ resultType: 'vector', result: [second, first] })
  const samples = { labels: new Map([['a', '1']]), times: Float64Array.of(5, 6000), values: Float64Array.of(-0, 3) }
  expect(await answered({ kind: 'matrix', series: [samples] })).toEqual({
    resultType: 'matrix',
    result: [
      {
        metric: { a: '1' },
        values: [
          [0.005, '-0'],
          [6, '3'],
        ],
      },
    ],
  })
})

test('warnings, infos and statistics stand where clients look for them', () => {
  const parts = instantParts({ value: vector(), grid: once })
  expect(answerBody(parts, { warnings: ['w'], infos: ['i'], stats: '{"x":1}' })).toBe(
    '{"status":"success","data":{"resultType":"vector","result":[],"stats":{"x":1}},"warnings":["w"],"infos":["i"]}\n',
  )
})

test('a large answer goes out in pieces, and is the same', async () => {
  const many = { startMs: 0, stepMs: 1000, count: 2000 }
  const values = Array.from({ length: many.count }, (_, i) => i / 7)
  const parts = () =>
    matrixParts({ value: vector(...[1, 2, 3, 4].map((n) => series({ n: `${n}` }, values))), grid: many })
  const body = answerBody(parts(), { warnings: [], infos: [], stats: undefined })
  expect(typeof body).toBe('object')
  const pieces: string[] = []
  for await (const piece of body as AsyncIterable<string>) pieces.push(piece)
  expect(pieces.length).toBeGreaterThan(2)
  const { data } = JSON.parse(pieces.join(''))
  expect(data.result).toHaveLength(4)
  expect(data.result[3].values[1999]).toEqual([1999, String(1999 / 7)])
})
