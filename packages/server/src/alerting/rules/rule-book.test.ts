import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMemoryState } from '../../store/testing/memory-state.ts'
import { AlertMemory } from '../alerts/kept-alerts.ts'
import type { RuleQuery } from './rule.ts'
import type { RuleQueries } from './rule-answer.ts'
import { readRuleGroup } from './rule-body.ts'
import { createRuleBook, type RuleBookOptions, type RunningRules } from './rule-book.ts'
import type { RuleSample, RuleValue } from './rule-samples.ts'
import type { StoredRules } from './stored-groups.ts'

let folder: string
let book: RunningRules
let written: { readonly timeMs: number; readonly samples: readonly RuleSample[] }[]
let answers: Map<string, RuleValue[] | Error>
let logged: string[]

const value = (labels: Record<string, string>, number: number): RuleValue => ({
  labels: new Map(Object.entries(labels)),
  value: number,
})

function open(options: Partial<RuleBookOptions> = {}): RunningRules {
  book = createRuleBook({
    sources: () => [{ language: 'promql', folder, patterns: ['*.yaml'] }],
    intervalMs: 60_000,
    queryOffsetMs: 0,
    pollMs: 5_000,
    now: Date.now,
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
    count: () => undefined,
    queries: queriesBy(async (query) => {
      const answer = answers.get(query.text) ?? []
      if (answer instanceof Error) throw answer
      return answer
    }),
    write: async (samples, timeMs) => {
      written.push({ samples, timeMs })
    },
    alerts: {
      memory: new AlertMemory(createMemoryState(Date.now), 'default'),
      report: () => undefined,
      history: () => undefined,
      notKept: (error) => {
        throw error
      },
      externalLabels: new Map(),
      externalUrl: () => 'http://girok',
      resendDelayMs: 60_000,
    },
    ...options,
  })
  return book
}

function queriesBy(instant: (query: RuleQuery) => Promise<readonly RuleValue[]>): RuleBookOptions['queries'] {
  const queries: RuleQueries = { instant, range: async () => [] }
  return async () => queries
}

const rules = (...lines: string[]) =>
  writeFileSync(
    join(folder, 'a.yaml'),
    `groups:\n  - name: g\n    interval: 10s\n    rules:\n${lines.map((line) => `      - ${line}\n`).join('')}`,
  )

const told = () => written.flatMap(({ samples }) => samples.map(({ key, value: number }) => `${key} ${number}`))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-rules-'))
  written = []
  answers = new Map()
  logged = []
  hold.on = false
  vi.useFakeTimers({ now: 1_000_000_000 })
})
afterEach(async () => {
  await book.stop()
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

test('evaluates every interval at the same offset and writes at the time of evaluation', async () => {
  rules('{record: r, expr: a, labels: {x: "1"}}')
  answers.set('a', [value({ __name__: 'a', job: 'b' }, 5)])
  await open().start()
  await vi.advanceTimersByTimeAsync(30_000)
  expect(told()).toEqual(Array(3).fill('{__name__="r", job="b", x="1"} 5'))
  const [first, second, third] = written.map(({ timeMs }) => timeMs)
  expect([(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)]).toEqual([10_000, 10_000])
  expect(book.groups()[0]).toMatchObject({ name: 'g', intervalMs: 10_000, lastEvaluationMs: third, missed: 0 })
})

test('writes what a later rule reads before that rule is evaluated, and else all at once', async () => {
  rules('{record: r, expr: a}', '{record: s, expr: a + 1}', '{record: t, expr: r * 2}')
  const order: string[] = []
  for (const text of ['a', 'a + 1', 'r * 2']) answers.set(text, [value({}, 1)])
  await open({
    queries: queriesBy(async ({ text }) => {
      order.push(text)
      return answers.get(text) as RuleValue[]
    }),
    write: async (samples) => {
      order.push(`write ${samples.map(({ labels }) => labels.get('__name__')).join()}`)
    },
  }).start()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(order).toEqual(['a', 'a + 1', 'write r,s', 'r * 2', 'write t'])
})

test('series that are not given any more end', async () => {
  rules('{record: r, expr: a}')
  answers.set('a', [value({ job: 'b' }, 1), value({ job: 'c' }, 2)])
  await open().start()
  await vi.advanceTimersByTimeAsync(10_000)
  answers.set('a', [value({ job: 'c' }, 3)])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(told().slice(2)).toEqual(['{__name__="r", job="c"} 3', '{__name__="r", job="b"} undefined'])
})

test('a rule that fails says why, once, and the others go on', async () => {
  rules('{record: r, expr: a}', '{record: s, expr: b}', '{record: t, expr: c}')
  answers.set('a', new Error('the engine is away'))
  answers.set('b', [value({}, 1), value({ __name__: 'other' }, 2)])
  answers.set('c', [value({}, 3)])
  await open().start()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(book.groups()[0]?.rules.map(({ health, lastError }) => [health, lastError])).toEqual([
    ['err', 'the engine is away'],
    ['err', 'vector contains metrics with the same labelset after applying rule labels'],
    ['ok', undefined],
  ])
  expect(logged.filter((line) => line.includes('the engine is away'))).toHaveLength(1)
  expect(told()).toEqual(['{__name__="t"} 3', '{__name__="t"} 3'])
})

test('a limit of series is held', async () => {
  writeFileSync(join(folder, 'a.yaml'), 'groups: [{name: g, interval: 10s, limit: 1, rules: [{record: r, expr: a}]}]')
  answers.set('a', [value({ a: '1' }, 1), value({ a: '2' }, 1)])
  await open().start()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(book.groups()[0]?.rules[0]?.lastError).toBe('exceeded limit of 1 with 2 series')
  expect(told()).toEqual([])
})

test('files that change, come and go are followed; a broken one changes nothing', async () => {
  rules('{record: r, expr: a}')
  answers.set('a', [value({}, 1)])
  await open().start()
  await vi.advanceTimersByTimeAsync(10_000)
  writeFileSync(join(folder, 'a.yaml'), 'groups: [')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(book.faults()[0]).toContain('a.yaml:1:10: not valid YAML')
  expect(logged.filter((line) => line.startsWith('error'))).toHaveLength(1)
  expect(told()).toEqual(['{__name__="r"} 1', '{__name__="r"} 1'])
  rules('{record: s, expr: a}')
  await vi.advanceTimersByTimeAsync(20_000)
  expect(book.faults()).toEqual([])
  // The series of the rule that is gone ends with the first evaluation of the group's new form.
  const ofR = told().filter((text) => text.includes('"r"'))
  expect(ofR.at(-1)).toBe('{__name__="r"} undefined')
  expect(ofR.filter((text) => text.endsWith('undefined'))).toHaveLength(1)
  expect(told()).toContain('{__name__="s"} 1')
  unlinkSync(join(folder, 'a.yaml'))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(book.groups()).toEqual([])
  expect(told().at(-1)).toBe('{__name__="s"} undefined')
})

test('a start with a broken file is refused with every fault', async () => {
  rules('{record: r, expr: "("}', '{expr: a}')
  await expect(open().start()).rejects.toThrow(/could not parse expression(?:.|\n)*one of 'record' or 'alert'/)
})

test('a group that did not change goes on as it was when another file changes', async () => {
  rules('{record: r, expr: a}')
  answers.set('a', [value({}, 1)])
  await open().start()
  await vi.advanceTimersByTimeAsync(10_000)
  const before = book.groups()[0]?.lastEvaluationMs
  writeFileSync(join(folder, 'b.yaml'), 'groups: [{name: h, rules: []}]')
  await book.reload()
  expect(book.groups().map(({ name }) => name)).toEqual(['g', 'h'])
  expect(book.groups()[0]?.lastEvaluationMs).toBe(before)
  expect(told()).toEqual(['{__name__="r"} 1'])
})

/** Groups of the store, which change when the test says so. */
function storeOf(...bodies: object[]) {
  let rules: StoredRules = { groups: [], faults: [] }
  const store = {
    refresh: async () => undefined,
    known: () => rules,
    set(...next: object[]) {
      const before = new Map(rules.groups.map((group) => [group.name, group]))
      const groups = next.map((value) => {
        const { group } = readRuleGroup({ value }, { language: 'promql', file: 'team', origin: 'stored' })
        if (group === undefined) throw new Error('no group')
        const known = before.get(group.name)
        return known !== undefined && known.rules.length === group.rules.length ? known : group
      })
      rules = { groups, faults: [] }
    },
  }
  store.set(...bodies)
  return store
}

const storedGroup = (name: string, rules: object[] = [{ record: `r:${name}`, expr: 'a' }]) => ({
  name,
  interval: '10s',
  rules,
})

/** Answers that wait until they are let go. */
function held(text: string): { queries: RuleBookOptions['queries']; reached: () => boolean; release: () => void } {
  let release: (() => void) | undefined
  return {
    queries: queriesBy(async (query) => {
      if (query.text === text && hold.on) {
        await new Promise<void>((resolve) => {
          release = resolve
        })
      }
      return (answers.get(query.text) as RuleValue[]) ?? []
    }),
    reached: () => release !== undefined,
    release: () => release?.(),
  }
}
const hold = { on: false }

test('a change of one stored group leaves the others as they were', async () => {
  answers.set('a', [value({}, 1)])
  const stored = storeOf(storedGroup('x'), storedGroup('y'))
  await open({ stored }).start()
  await vi.advanceTimersByTimeAsync(10_000)
  const evaluations = written.length
  stored.set(storedGroup('x'), storedGroup('y', []), storedGroup('z'))
  await book.storedChanged()
  expect(book.groups().map(({ name, rules: of }) => [name, of.length])).toEqual([
    ['x', 1],
    ['y', 0],
    ['z', 1],
  ])
  expect(book.groups()[0]?.lastEvaluationMs).toBeDefined()
  expect(book.groups()[2]?.lastEvaluationMs).toBeUndefined()
  expect(written).toHaveLength(evaluations)
})

test('what a broken-off evaluation was to end ends with the next one, in the new form of the group', async () => {
  answers.set('a', [value({ job: 'b' }, 1), value({ job: 'c' }, 1)])
  const three = [
    { record: 'r', expr: 'a' },
    { record: 's', expr: 'b' },
    { record: 't', expr: 'c' },
  ]
  const stored = storeOf(storedGroup('x', three))
  const { queries, reached, release } = held('b')
  await open({ stored, queries }).start()
  await vi.advanceTimersByTimeAsync(10_000)
  answers.set('a', [value({ job: 'b' }, 2)])
  hold.on = true
  await vi.advanceTimersByTimeAsync(10_000)
  expect(reached()).toBe(true)
  stored.set(storedGroup('x', three.slice(0, 2)))
  const changed = book.storedChanged()
  hold.on = false
  release()
  await changed
  expect(told()).toEqual(['{__name__="r", job="b"} 1', '{__name__="r", job="c"} 1'])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(told().slice(2)).toEqual(['{__name__="r", job="b"} 2', '{__name__="r", job="c"} undefined'])
})

test('endings that could not be written are written with the next evaluation', async () => {
  rules('{record: r, expr: a}')
  answers.set('a', [value({ job: 'b' }, 1), value({ job: 'c' }, 1)])
  let fails = false
  await open({
    write: async (samples, timeMs) => {
      if (fails) throw new Error('the store is away')
      written.push({ samples, timeMs })
    },
  }).start()
  await vi.advanceTimersByTimeAsync(10_000)
  answers.set('a', [value({ job: 'b' }, 2)])
  fails = true
  await vi.advanceTimersByTimeAsync(10_000)
  fails = false
  await vi.advanceTimersByTimeAsync(10_000)
  expect(told().slice(2)).toEqual(['{__name__="r", job="b"} 2', '{__name__="r", job="c"} undefined'])
})

test('a group that is removed while it is evaluated ends after the evaluation, and is evaluated no more', async () => {
  answers.set('a', [value({}, 1)])
  const rulesOfX = [
    { record: 'r', expr: 'a' },
    { record: 's', expr: 'b' },
  ]
  const stored = storeOf(storedGroup('x', rulesOfX), storedGroup('y'))
  const { queries, reached, release } = held('b')
  await open({ stored, queries }).start()
  await vi.advanceTimersByTimeAsync(10_000)
  hold.on = true
  await vi.advanceTimersByTimeAsync(10_000)
  expect(reached()).toBe(true)
  stored.set(storedGroup('y'))
  const removed = book.storedChanged()
  hold.on = false
  release()
  await removed
  await vi.advanceTimersByTimeAsync(30_000)
  const ofR = told().filter((text) => text.includes('"r"'))
  expect(ofR.at(-1)).toBe('{__name__="r"} undefined')
  expect(ofR.filter((text) => text.endsWith('undefined'))).toHaveLength(1)
  expect(book.groups().map(({ name }) => name)).toEqual(['y'])
})

test('a group that is stored while files are read again is in force beside what the files say', async () => {
  rules('{record: r, expr: a}')
  const stored = storeOf()
  await open({ stored }).start()
  writeFileSync(join(folder, 'b.yaml'), 'groups: [{name: h, rules: []}]')
  const reloading = book.reload()
  stored.set(storedGroup('x'))
  await Promise.all([reloading, book.storedChanged(), book.reload()])
  expect(book.groups().map(({ name }) => name)).toEqual(['g', 'h', 'x'])
  expect([...book.files()]).toEqual([join(folder, 'a.yaml'), join(folder, 'b.yaml')])
})

test('a change that comes when the server is stopping begins nothing', async () => {
  answers.set('a', [value({}, 1)])
  const stored = storeOf(storedGroup('x'))
  const { queries, reached, release } = held('a')
  await open({ stored, queries }).start()
  hold.on = true
  await vi.advanceTimersByTimeAsync(10_000)
  expect(reached()).toBe(true)
  const stopping = book.stop()
  stored.set(storedGroup('x', []), storedGroup('y'))
  const changed = book.storedChanged()
  hold.on = false
  release()
  await Promise.all([stopping, changed])
  const evaluations = written.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(written).toHaveLength(evaluations)
  expect(vi.getTimerCount()).toBe(0)
})

test('a file that several settings name is evaluated once', async () => {
  rules('{record: r, expr: a}')
  answers.set('a', [value({}, 1)])
  const source = { language: 'promql', folder, patterns: ['*.yaml'] } as const
  await open({ sources: () => [source, { ...source, patterns: ['a.yaml'] }] }).start()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(told()).toEqual(['{__name__="r"} 1'])
})

test('five hundred groups that come at once are evaluated each in its part of the interval', async () => {
  answers.set('a', [value({}, 1)])
  const names = Array.from({ length: 500 }, (_, i) => `g${i}`)
  const stored = storeOf()
  await open({ stored }).start()
  stored.set(...names.map((name) => ({ ...storedGroup(name), interval: '50s' })))
  await book.storedChanged()
  const counts: number[] = []
  for (let second = 0; second < 50; second++) {
    const before = written.length
    await vi.advanceTimersByTimeAsync(1_000)
    counts.push(written.length - before)
  }
  expect(written).toHaveLength(500)
  // Ten in each second if they were spread evenly; by chance a few more.
  expect(Math.max(...counts)).toBeLessThan(30)
})
