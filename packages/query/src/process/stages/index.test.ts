import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileStages } from '../compile.ts'
import { StageProblem } from '../problem.ts'
import { runStages } from '../testing/run.ts'
import { REFUSED_STAGES, STAGES } from './index.ts'

const LINES = [
  ...[
    '',
    ' ',
    '{}',
    '{"a":',
    '[1,2]',
    'null',
    '{"level":"warn","msg":"로그 😀","user":{"name":null},"items":[]}',
    '\ud800',
  ],
  ...['level=info msg="a b" took=1.5s =', '2024-01-15 00:00:00 ERROR boom', '\tat Frame (x.js:1)', '"\\u12'],
  ...[
    '2024-01-15T00:00:00Z stdout P part',
    '2024-01-15T00:00:00Z stdout F rest',
    '\u001b[31mred\u001b[0m',
    '{{ .Value }}',
  ],
  ...['{'.repeat(5000), 'a@b.co '.repeat(200), '1.2.3.4:'.repeat(200), '\\"password\\":\\"', 'x'.repeat(20_000)],
]

test('every file of the folder is in the table, and nothing else is', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => !file.endsWith('.test.ts') && file !== 'index.ts')
  const fileOf = (name: string) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`
  expect(files.sort()).toEqual(STAGES.map(({ name }) => fileOf(name)).sort())
})

test('no name stands for two stages', () => {
  const names = STAGES.flatMap(({ name, aliases = [] }) => [name, ...aliases]).concat(...REFUSED_STAGES.keys())
  expect(new Set(names).size).toBe(names.length)
})

for (const stage of STAGES) {
  describe(`stage ${stage.name}`, () => {
    test('has a summary, and takes its example under each of its names, in both spellings', () => {
      expect(stage.summary).toMatch(/^\S[^\n]+[^.\s]$/)
      for (const name of [stage.name, ...(stage.aliases ?? [])]) {
        for (const options of [stage.example, underscored(stage.example)]) {
          expect(compileStages([{ [name]: options }], 'x').names).toEqual([stage.name])
        }
      }
    })

    test('refuses what is no option with a message that says where', () => {
      for (const odd of [7, 'text', ['', {}], [[]], { noSuchOption: { a: 1 } }]) {
        const config = [{ [stage.name]: odd }]
        try {
          compileStages(config, 'inputs[0].processors')
        } catch (error) {
          expect(error).toBeInstanceOf(StageProblem)
          expect((error as StageProblem).path).toMatch(new RegExp(`^inputs\\[0\\]\\.processors\\[0\\]\\.${stage.name}`))
          expect((error as StageProblem).message).toMatch(/^inputs.*: .{10,}/s)
        }
      }
    })

    test('takes any line and gives each out once, or says why not', () => {
      const { out, dropped } = runStages([{ [stage.name]: stage.example }], LINES)
      if (compileStages([{ [stage.name]: stage.example }], 'x').needsFlush)
        expect(out.length).toBeLessThanOrEqual(LINES.length)
      else expect(out.length + dropped.length).toBe(LINES.length)
    })

    test('what one source saw does not change what another gives', () => {
      const config = [{ [stage.name]: stage.example }]
      const random = () => 0
      expect(runStages(config, LINES, { random }).out).toEqual(runStages(config, LINES, { random }).out)
    })
  })
}

test.each([...REFUSED_STAGES.keys()])('%s is refused by name', (name) => {
  expect(() => compileStages([{ [name]: {} }], 'p')).toThrow(
    new StageProblem(`p[0].${name}`, REFUSED_STAGES.get(name) as string),
  )
})

/** Option names with underscores, as Promtail writes them; names of labels and metrics stay. */
function underscored(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([key, inner]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    inner,
  ])
  return Object.fromEntries(entries.map(([key, inner]) => [key, underscored(inner)]))
}
