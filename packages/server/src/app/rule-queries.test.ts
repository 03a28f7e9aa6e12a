import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RuleGroup } from '../alerting/rules/rule.ts'
import { answerRule, wantedAnswers } from '../alerting/rules/rule-answer.ts'
import { readRuleFile } from '../alerting/rules/rule-file.ts'
import type { RuleLanguage } from '../model/rules.ts'
import { createQueryEngine } from '../query/create-engine.ts'
import { createPromEngine } from '../query/promql/create-prom-engine.ts'
import { sampleBatch, type TestSample } from '../query/promql/testing/generate-samples.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../query/testing/embedded-store.ts'
import { type Engines, openRuleQueries } from './rule-queries.ts'

const NOW_MS = Date.UTC(2026, 5, 1, 12)
const NS = 1_000_000n

let store: EmbeddedStore
let engines: Engines
/** What was asked of the store. */
const statements: string[] = []

beforeAll(async () => {
  store = await openEmbeddedStore()
  const values: TestSample[] = []
  for (let i = 0; i <= 60; i++) {
    const timeMs = NOW_MS - i * 15_000
    for (const instance of ['a', 'b']) values.push([{ __name__: 'load', instance }, timeMs, i % 7])
  }
  await store.samples.write(sampleBatch('default', values))
  await store.put(
    ['fine', 'error: one', 'error: two', 'timeout', 'error: timeout'].flatMap((line, i) =>
      ['api', 'web'].map((app) => ({
        timeNs: BigInt(NOW_MS - 1000 * (i * 40 + app.length)) * NS,
        labels: { app, env: i % 2 === 0 ? 'prod' : 'test' },
        line: app === 'web' ? `${line} ` : line,
      })),
    ),
  )
  const driver: typeof store.driver = {
    ...store.driver,
    query(text, format, options) {
      statements.push(text)
      return store.driver.query(text, format, options)
    },
  }
  const samples: typeof store.samples = {
    ...store.samples,
    stream(range) {
      statements.push('samples')
      return store.samples.stream(range)
    },
  }
  const watched = { ...store, driver, samples }
  engines = { prom: createPromEngine({ store: watched }), engine: createQueryEngine({ store: watched }) }
})
afterAll(() => store.close())
beforeEach(() => {
  statements.length = 0
})

function group(
  language: RuleLanguage,
  expressions: readonly (string | { expr: string; condition: string })[],
): RuleGroup {
  const rules = expressions.map((one, i) => ({
    alert: `A${i}`,
    ...(typeof one === 'string' ? { expr: one } : { ...one, over: '5m' }),
  }))
  const text = JSON.stringify({ groups: [{ name: 'g', rules }] })
  const { groups, problems } = readRuleFile(text, 'rules.yaml', language)
  expect(problems).toEqual([])
  return groups[0] as RuleGroup
}

/** The values of each rule: read with those of the others, and by itself. */
async function answers({ rules }: RuleGroup): Promise<{ together: unknown[]; alone: unknown[]; statements: number }> {
  const signal = new AbortController().signal
  const wanted = rules.map((rule) => wantedAnswers(rule, NOW_MS))
  const ask = async (i: number, of: typeof wanted) => {
    const queries = await openRuleQueries(engines, 'default', of.flat(), signal)
    return (await answerRule(rules[i] as (typeof rules)[number], NOW_MS, queries)).values
  }
  const alone: unknown[] = []
  for (const [i, own] of wanted.entries()) alone.push(await ask(i, [own]))
  statements.length = 0
  const queries = await openRuleQueries(engines, 'default', wanted.flat(), signal)
  const together: unknown[] = []
  for (const rule of rules) together.push((await answerRule(rule, NOW_MS, queries)).values)
  return { together, alone, statements: statements.length }
}

test('what LogQL rules have in common is read once', async () => {
  const failed = 'sum by (app) (count_over_time({app=~"api|web"} |= "error" [10m]))'
  const all = 'sum by (app) (count_over_time({app=~"api|web"}[10m]))'
  const found = await answers(
    group('logql', [`${failed} > 1`, `${failed} > 2`, `${failed} / ${all} > 0.1`, `${all} < 100`]),
  )
  expect(found.together).toEqual(found.alone)
  expect(found.together.map((values) => (values as unknown[]).length)).toEqual([2, 2, 2, 2])
  expect(found.statements).toBeLessThanOrEqual(2)
})

test('PromQL rules are read in one statement, conditions over a stretch of time with them', async () => {
  const found = await answers(
    group('promql', [
      'load > 100',
      'sum(rate(load[5m])) >= 0',
      { expr: 'load', condition: 'WHEN max() > 1' },
      { expr: 'avg by (instance) (load)', condition: 'WHEN last() >= 0' },
    ]),
  )
  expect(found.together).toEqual(found.alone)
  expect(found.together.map((values) => (values as unknown[]).length)).toEqual([0, 1, 2, 2])
  expect(found.statements).toBe(1)
})

test('a fault of one rule is that of one rule', async () => {
  const { rules } = group('promql', ['load + on () load', 'count(load) == 2'])
  const signal = new AbortController().signal
  const wanted = rules.flatMap((rule) => wantedAnswers(rule, NOW_MS))
  const queries = await openRuleQueries(engines, 'default', wanted, signal)
  const [broken, fine] = rules as [(typeof rules)[0], (typeof rules)[0]]
  await expect(answerRule(broken as never, NOW_MS, queries)).rejects.toThrow('many-to-many')
  expect((await answerRule(fine as never, NOW_MS, queries)).values).toHaveLength(1)
})

test('ends with its signal', async () => {
  const { rules } = group('promql', ['load > 1', 'load > 2'])
  const wanted = rules.flatMap((rule) => wantedAnswers(rule, NOW_MS))
  await expect(openRuleQueries(engines, 'default', wanted, AbortSignal.abort())).rejects.toMatchObject({
    name: 'AbortError',
  })
})
