import { expect, test } from 'vitest'
import { dryRun } from './dry-run.ts'

const nowMs = 1_705_276_800_000

test('tells what each stage made of each line', () => {
  const config = [
    { multiline: { firstline: '^\\S' } },
    {
      match: {
        selector: '{app="x"} |= "{"',
        stages: [{ json: { expressions: { level: '' } } }, { labels: ['level'] }],
      },
    },
    { drop: { source: 'level', value: 'debug', drop_counter_reason: 'noise' } },
  ]
  const lines = ['{"level":"warn",', ' "a":1}', '{"level":"debug"}', 'end']
  const { lines: ran, rest } = dryRun(config, lines, { labels: { app: 'x' }, nowMs })
  expect(
    ran.map(({ number, steps }) => [
      number,
      steps.map(({ at, outcome, reasons }) => [at.replace('processors', ''), outcome, ...reasons].join(' ')),
    ]),
  ).toEqual([
    [1, ['[0].multiline held']],
    [2, ['[0].multiline held']],
    [
      3,
      [
        '[0].multiline passed',
        '[1].match.stages[0].json passed',
        '[1].match.stages[1].labels passed',
        '[1].match passed',
        '[2].drop passed',
        '[0].multiline held',
      ],
    ],
    [
      4,
      [
        '[0].multiline passed',
        '[1].match.stages[0].json passed',
        '[1].match.stages[1].labels passed',
        '[1].match passed',
        '[2].drop dropped noise',
        '[0].multiline held',
      ],
    ],
  ])
  expect(ran[2]?.out).toEqual([
    {
      timeNs: `${nowMs}000000`,
      line: '{"level":"warn",\n "a":1}',
      labels: { app: 'x', level: 'warn' },
      extracted: { level: 'warn' },
      metadata: {},
      tenant: undefined,
    },
  ])
  expect(ran[2]?.steps[2]?.entry?.labels).toEqual({ app: 'x', level: 'warn' })
  expect(rest.map(({ line }) => line)).toEqual(['end'])
})

test('faults are reasons, too', () => {
  expect(dryRun([{ json: {} }], ['text'], { nowMs }).lines[0]?.steps[0]).toMatchObject({
    outcome: 'passed',
    reasons: ['malformed'],
  })
})
