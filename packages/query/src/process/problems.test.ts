import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testSeed } from '../testing/seed.ts'
import { compileStages } from './compile.ts'
import { processEntry } from './entry.ts'
import { MetricTable } from './metric-table.ts'
import { StageProblem } from './problem.ts'
import { STAGES } from './stages/index.ts'

test.each<[unknown, string]>([
  [7, 'p: must be a list of stages such as [{json: {expressions: {level: level}}}], not 7'],
  [[7], 'p[0]: must be a stage such as {json: {…}}, not 7'],
  [[{}], 'p[0]: names no stage: write {json: {…}}'],
  [
    [{ json: {}, drop: {} }],
    'p[0]: has the keys json, drop: one stage each, so put each into an item of the list of its own',
  ],
  [[{ jsn: {} }], 'p[0]: there is no stage "jsn" (did you mean json?); stages are json, logfmt'],
  [[{ pack: {} }], 'p[0].pack: lines are not packed'],
  [
    [{ regex: { expresion: 'a' } }],
    'p[0].regex.expresion: is not an option (did you mean expression?); options are expression, source',
  ],
  [[{ regex: {} }], 'p[0].regex.expression: is missing: give a text such as'],
  [[{ regex: { expression: 'a' } }], 'p[0].regex.expression: at least one named capture'],
  [[{ regex: { expression: '(?P<a>b' } }], 'p[0].regex.expression: error parsing regexp: missing closing )'],
  [[{ regex: { expression: '(?P<a>b)(?=c)' } }], 'p[0].regex.expression: '],
  [[{ json: { expressions: { a: 'b[' } } }], 'p[0].json.expressions.a: b[ is no path: at character 2'],
  [[{ json: { expressions: { a: 'length(b)' } } }], 'functions such as length() are not known'],
  [[{ json: { drop_malformed: 1 } }], 'p[0].json.drop_malformed: must be true or false, not 1'],
  [
    [{ json: { drop_malformed: true, dropMalformed: true } }],
    'p[0].json.dropMalformed: is given twice, as drop_malformed too',
  ],
  [[{ labels: {} }], 'p[0].labels: names no label'],
  [[{ labels: { 'a-b': null } }], 'p[0].labels.a-b: "a-b" is no name of a label'],
  [
    [{ timestamp: { source: 't', format: '%Y-%m-%d' } }],
    '"%Y-%m-%d" is no format of a time (formats with % are not known)',
  ],
  [
    [{ timestamp: { source: 't', format: 'RFC3339', location: 'Mars/Base' } }],
    'p[0].timestamp.location: there is no time zone "Mars/Base"',
  ],
  [
    [{ timestamp: { source: 't', format: 'RFC3339', action_on_failure: 'drop' } }],
    'must be one of fudge, skip, not "drop"',
  ],
  [[{ drop: {} }], 'p[0].drop: says not which entries'],
  [[{ drop: { value: 'x' } }], 'p[0].drop.source: is missing'],
  [
    [{ drop: { older_than: 5 } }],
    'p[0].drop.older_than: must be a duration with its unit, such as 3s, 5m or 24h, not 5',
  ],
  [[{ drop: { longer_than: 'much' } }], 'must be a size such as 8KB or 1MiB, not "much"'],
  [[{ match: { selector: 'app' } }], 'p[0].match.selector: "app" is no LogQL selector: parse error'],
  [[{ match: { selector: 'rate({a="b"}[5m])' } }], 'computes a number'],
  [
    [{ match: { selector: '{a="b"}', action: 'drop', stages: [{ json: {} }] } }],
    'p[0].match.stages: cannot stand beside action: drop',
  ],
  [[{ match: { selector: '{a="b"}', stages: [{ limit: {} }] } }], 'p[0].match.stages[0].limit.rate: is missing'],
  [[{ limit: { rate: 1, burst: 1, by_label_name: 'a' } }], 'p[0].limit.by_label_name: needs drop: true'],
  [
    [{ template: { source: 'a', template: '{{ nope }}' } }],
    'p[0].template.template: template: template:1: function "nope" not defined',
  ],
  [[{ tenant: { source: 'a', value: 'b' } }], 'p[0].tenant: takes one of value'],
  [[{ sampling: { rate: 2 } }], 'p[0].sampling.rate: must be a number from 0 to 1, not 2'],
  [[{ mask: { detect: ['emial'] } }], 'there is no detector "emial" (did you mean email?)'],
  [[{ mask: {} }], 'p[0].mask: says not what to mask'],
  [
    [{ metrics: { a: { type: 'counter', config: { action: 'set' } } } }],
    'p[0].metrics.a.config.action: must be one of inc, add, not "set"',
  ],
  [[{ metrics: { a: { type: 'summary' } } }], 'must be one of counter, gauge, histogram, not "summary"'],
  [[{ metrics: { a: { type: 'histogram', config: { buckets: [2, 1] } } } }], 'must be a list of rising numbers'],
  [[{ metrics: { 'a-b': { type: 'counter' } } }], '"a-b" is no name of a metric'],
])('%j: %s', (config, message) => {
  expect(() => compileStages(config, 'p')).toThrow(StageProblem)
  expect(() => compileStages(config, 'p')).toThrow(message)
})

test('depth and number are bounded', () => {
  let nested: unknown = []
  for (let i = 0; i < 20; i++) nested = [{ match: { selector: '{a="b"}', stages: nested } }]
  expect(() => compileStages(nested, 'p')).toThrow('10 levels deep at most')
  expect(() => compileStages(Array(501).fill('json'), 'p')).toThrow('at most 500 stages')
})

const names = [...STAGES.flatMap(({ name, aliases = [] }) => [name, ...aliases]), 'pack', 'nope', '__proto__']
const keys = [
  ...[
    'source',
    'expression',
    'expressions',
    'value',
    'format',
    'rate',
    'burst',
    'drop',
    'selector',
    'stages',
    'action',
    'type',
    'config',
  ],
  ...[
    'template',
    'replace',
    'detect',
    'fields',
    'firstline',
    'max_lines',
    'location',
    'older_than',
    '__proto__',
    'constructor',
    'a',
  ],
]
const texts = [
  ...[
    '',
    'a',
    'level',
    '(',
    '(?P<a>.)',
    '.*',
    '{',
    '{a="b"}',
    '{{',
    '{{ .a }}',
    '{{ .Value }}',
    'Unix',
    '2006',
    '5s',
    '1h',
    'drop',
    'all',
    'email',
  ],
  ...['a.b[0]', 'a-b', 'counter', 'true', '한글', '<a> <b>', '\\', '\ud800', 'x'.repeat(100)],
]
const scalar = fc.oneof(fc.constantFrom(...texts), fc.constantFrom(0, 1, -1, 0.5, 1e300, Number.NaN, true, false, null))
const { stage } = fc.letrec<{ stage: unknown; options: unknown }>((tie) => ({
  stage: fc.oneof(
    fc.constantFrom<unknown>(...names, null, 7),
    fc.tuple(fc.constantFrom(...names), tie('options')).map(([name, options]) => ({ [name]: options })),
    fc.constantFrom(...STAGES).map(({ name, example }) => ({ [name]: example })),
  ),
  options: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(fc.oneof(scalar, tie('stage')), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(...keys),
      fc.oneof(scalar, tie('options'), fc.array(tie('stage'), { maxLength: 3 })),
      { maxKeys: 4 },
    ),
  ),
}))
const line = fc.oneof(
  fc.constantFrom(
    '{"a":1,"level":"x","msg":"m"}',
    'a=1 level=debug',
    '2024-01-15T00:00:00Z stdout P x',
    '2024-01-15 x',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.json({ maxDepth: 2 }),
)

test('any configuration is taken or refused with a problem, and takes any lines', () => {
  const seed = testSeed('stages of any form')
  let taken = 0
  fc.assert(
    fc.property(fc.array(stage, { maxLength: 4 }), fc.array(line, { maxLength: 6 }), (config, lines) => {
      let compiled: ReturnType<typeof compileStages>
      try {
        compiled = compileStages(config, 'p')
      } catch (error) {
        expect(error).toBeInstanceOf(StageProblem)
        return
      }
      taken++
      let dropped = 0
      let joined = 0
      const table = new MetricTable(() => 0)
      const run = compiled.open({ now: () => 1.7e12, count: (_stage, _reason, n) => (dropped += n), metrics: table })
      const labels = new Map([['a', 'b']])
      const take = (entry: { readonly line: string }) => {
        expect(typeof entry.line).toBe('string')
        joined++
      }
      for (const text of lines) run.push(processEntry(0n, text, labels), take)
      run.flush(1.7e12, true, take)
      expect(run.held()).toBeUndefined()
      if (!compiled.needsFlush) expect(joined + dropped).toBe(lines.length)
      else expect(joined + dropped).toBeLessThanOrEqual(lines.length)
      expect([...labels]).toEqual([['a', 'b']])
      table.read()
    }),
    { numRuns: 3000, seed },
  )
  expect(taken).toBeGreaterThan(300)
}, 30_000)
