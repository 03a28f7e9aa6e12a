import { expect, test } from 'vitest'
import type { RuleBody } from '../../model/rules.ts'
import type { RecordingRule } from '../rules/rule.ts'
import { readRule } from '../rules/rule-body.ts'
import { backTestRecording } from './recording-back-test.ts'
import type { BackTestGroup } from './request.ts'
import { memoryQueries } from './testing/memory-queries.ts'

const MINUTE = 60_000

function run(
  body: RuleBody,
  endMs: number,
  data: Parameters<typeof memoryQueries>[0],
  ofGroup: Partial<BackTestGroup> = {},
) {
  const { rule, problems } = readRule(body, 'promql')
  expect(problems).toEqual([])
  const group = { labels: new Map([['team', 'ml']]), limit: 0, queryOffsetMs: 0, ...ofGroup }
  const times = { startMs: 0, endMs, intervalMs: MINUTE }
  const asked = { rule: rule as RecordingRule, group, ...times, externalLabels: new Map(), externalUrl: '' }
  return backTestRecording(asked, memoryQueries(data))
}

const minutely = (labels: Record<string, string>, values: readonly (number | undefined)[]) => ({
  labels,
  samples: values.map((value, at) => [at * MINUTE, value] as const),
})

test('tells the series that would have been written', async () => {
  const series = [
    minutely({ __name__: 'x', i: 'a' }, [1, 2, 3, 4]),
    minutely({ __name__: 'x', i: 'b' }, [5, undefined, Number.NaN, 7]),
  ]
  const body = { record: 'x:twice', expr: 'x * 2', labels: { kind: 'b' } }
  const { series: found, samples, failures, drawn } = await run(body, 3 * MINUTE, { series })
  expect(found.map(({ labels, ...rest }) => [Object.fromEntries(labels), rest])).toEqual([
    [
      { __name__: 'x:twice', i: 'a', kind: 'b', team: 'ml' },
      { samples: 4, min: 2, max: 8, mean: 5, last: 8 },
    ],
    [
      { __name__: 'x:twice', i: 'b', kind: 'b', team: 'ml' },
      { samples: 3, min: 10, max: 14, mean: 12, last: 14 },
    ],
  ])
  expect([samples, failures]).toEqual([7, []])
  expect(drawn.map(({ points }) => points.map(([, value]) => value))).toEqual([
    [2, 4, 6, 8],
    [10, null, null, 14],
  ])
})

test('what the rule would have refused to write is a failure', async () => {
  const series = [
    minutely({ __name__: 'x', i: 'a' }, [1, 1, 1]),
    minutely({ __name__: 'x', i: 'b' }, [undefined, 1, undefined]),
  ]
  const limited = await run({ record: 'y', expr: 'x' }, 2 * MINUTE, { series }, { limit: 1 })
  expect(limited.failures).toEqual([{ timeMs: MINUTE, message: 'exceeded limit of 1 with 2 series' }])
  expect(limited.samples).toBe(2)
  const same = await run({ record: 'y', expr: 'x', labels: { i: '' } }, 2 * MINUTE, { series })
  expect(same.failures).toMatchObject([{ timeMs: MINUTE, message: expect.stringContaining('same labelset') }])
})

test('queries look as far back as the group says', async () => {
  const series = [minutely({ __name__: 'x' }, [1, 2, 3])]
  const { drawn } = await run({ record: 'y', expr: 'x' }, 3 * MINUTE, { series }, { queryOffsetMs: MINUTE })
  expect(drawn[0]?.points).toEqual([null, 1, 2, 3].map((value, at) => [at * MINUTE, value]))
})

test('long tests are drawn with fewer points, the series with the most samples first', async () => {
  const many = Array(1200).fill(1)
  const series = [minutely({ __name__: 'x', i: 'rare' }, [1, undefined]), minutely({ __name__: 'x', i: 'often' }, many)]
  const { drawn, samples } = await run({ record: 'y', expr: 'x' }, 1199 * MINUTE, { series })
  expect(drawn.map(({ labels, points }) => [labels.get('i'), points.length])).toEqual([
    ['often', 400],
    ['rare', 400],
  ])
  expect(samples).toBe(1201)
})
