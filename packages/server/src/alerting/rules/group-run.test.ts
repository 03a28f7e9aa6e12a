import { expect, test } from 'vitest'
import type { ReportedAlert } from '../../model/alert.ts'
import type { JournalEntry } from '../../store/journal/journal-store.ts'
import { createMemoryState } from '../../store/testing/memory-state.ts'
import { AlertMemory } from '../alerts/kept-alerts.ts'
import { GroupRun } from './group-run.ts'
import { readRuleFile } from './rule-file.ts'
import type { RuleSample, RuleValue } from './rule-samples.ts'

const MINUTE = 60_000
const FILE = '/rules/a.yaml'

/** A server whose store outlives restarts. Times are minutes. */
function world(rules: string) {
  const state = createMemoryState(() => 0)
  const answers = new Map<string, RuleValue[] | Error>()
  const log: string[] = []
  const reports: ReportedAlert[] = []
  const samples: RuleSample[] = []
  const history: JournalEntry[] = []
  let isBroken = false
  let memory = new AlertMemory(state, 'default')
  const made = (text: string): GroupRun => {
    const { groups, problems } = readRuleFile(text, FILE, 'promql')
    expect(problems).toEqual([])
    const [group] = groups
    if (group === undefined) throw new Error('no group')
    return new GroupRun(group, {
      queries: async (wanted) => {
        log.push(`read ${wanted.map(({ query: { text } }) => text).join(', ')}`)
        return {
          range: async () => [],
          instant: async ({ text: query }) => {
            const answer = answers.get(query) ?? []
            if (answer instanceof Error) throw answer
            return answer
          },
        }
      },
      write: async (written) => {
        samples.push(...written)
      },
      alerts: {
        memory,
        report(alerts) {
          if (alerts.length > 0) log.push(`report ${alerts.length}`)
          reports.push(...alerts)
        },
        history: (entries) => history.push(...entries),
        notKept: () => log.push('not kept'),
        externalLabels: new Map([
          ['site', 'east'],
          ['severity', 'none'],
        ]),
        externalUrl: () => 'https://girok.example/',
        resendDelayMs: MINUTE,
      },
      intervalMs: MINUTE,
      queryOffsetMs: 0,
      now: () => 0,
      fault: (rule, message) => log.push(`${rule.name}: ${message}`),
    })
  }
  const put = state.put
  state.put = async (...args) => {
    if (isBroken) throw new Error('the disk is full')
    log.push(`put ${args[2].length}`)
    await put(...args)
  }
  let run = made(rules)
  return {
    state,
    answers,
    log,
    samples,
    history,
    get run() {
      return run
    },
    /** Evaluates, and gives what was reported: `instance state start-end`. */
    async at(minute: number): Promise<string[]> {
      reports.length = 0
      samples.length = 0
      await run.evaluate(minute * MINUTE, new AbortController().signal)
      return reports.map(({ labels, startsAtMs = 0, endsAtMs = 0 }) => {
        const name = labels.get('instance') ?? labels.get('alertname') ?? ''
        return `${name} ${startsAtMs / MINUTE}-${endsAtMs / MINUTE}`
      })
    },
    reports,
    states: () =>
      run
        .view()
        .rules.flatMap(({ alerts = [] }) => alerts.map(({ labels, state: one }) => `${labels.get('instance')} ${one}`)),
    written: () => samples.map(({ key, value }) => `${key} ${value}`),
    async restart(text = rules) {
      memory = new AlertMemory(state, 'default')
      await memory.load()
      run = made(text)
    },
    change(text: string) {
      const before = run
      run = made(text)
      run.inherit(before)
    },
    forget: () => memory.forgetUntaken(),
    break(broken: boolean) {
      isBroken = broken
    },
  }
}

const value = (instance: string, number = 1): RuleValue => ({
  labels: new Map([
    ['__name__', 'up'],
    ['instance', instance],
  ]),
  value: number,
})

const group = (...rules: string[]) => `groups: [{name: g, rules: [${rules.join(', ')}]}]`
const down = (more = '') => `{alert: Down, expr: a${more}}`
const FOR = ', for: 3m'

test('an alert is reported when it fires, anew after the delay, and when it has resolved', async () => {
  const { answers, at } = world(group(down()))
  answers.set('a', [value('x')])
  expect(await at(0)).toEqual(['x 0-4'])
  expect(await at(0.5)).toEqual([])
  // Strictly longer ago than the delay, as in Prometheus.
  expect(await at(1)).toEqual([])
  expect(await at(1.5)).toEqual(['x 0-5.5'])
  answers.set('a', [])
  expect(await at(2)).toEqual(['x 0-2'])
  expect(await at(2.5)).toEqual([])
  expect(await at(3.5)).toEqual(['x 0-2'])
  answers.set('a', [value('x')])
  expect(await at(4)).toEqual(['x 4-8'])
})

test('a report has external labels that the alert lacks, and where its query is seen', async () => {
  const { answers, at, reports } = world(group(`{alert: Down, expr: 'a > 1', labels: {severity: page}}`))
  answers.set('a > 1', [value('x')])
  await at(0)
  expect(Object.fromEntries(reports[0]?.labels ?? [])).toEqual({
    alertname: 'Down',
    instance: 'x',
    severity: 'page',
    site: 'east',
  })
  expect(reports[0]?.generatorUrl).toBe('https://girok.example/explore/metrics?q=a+%3E+1')
})

test('what changes is kept before it is reported, and nothing else is', async () => {
  const { answers, at, log, state } = world(group(down(FOR), '{alert: Other, expr: b}'))
  answers.set('a', [value('x'), value('y')])
  await at(0)
  await at(1)
  answers.set('a', [value('x', 7), value('y')])
  await at(2)
  await at(3)
  await at(4)
  const read = 'read a, b'
  expect(log).toEqual([read, 'put 2', read, read, read, 'put 2', 'report 2', read])
  answers.set('a', [value('y')])
  log.length = 0
  await at(5)
  expect(log).toEqual([read, 'put 1', 'report 2'])
  expect(state.entries.size).toBe(2)
})

test('over a restart `for` goes on counting and a firing alert fires', async () => {
  const { answers, at, restart, states } = world(group(down(FOR)))
  answers.set('a', [value('x')])
  await at(0)
  await at(1)
  await restart()
  expect(states()).toEqual(['x pending'])
  expect(await at(2)).toEqual([])
  expect(await at(3)).toEqual(['x 3-7'])
  await restart()
  expect(states()).toEqual(['x firing'])
  expect(await at(3.5)).toEqual(['x 3-7.5'])
})

test('an alert that has gone over a restart is resolved, its series end, and it is told of for fifteen minutes', async () => {
  const { answers, at, restart, written, state } = world(group(down()))
  answers.set('a', [value('x', Number.NaN)])
  await at(0)
  await restart()
  answers.set('a', [])
  // Its series may only have to be scraped again.
  expect(await at(5)).toEqual(['x 0-9'])
  expect(await at(7)).toEqual(['x 0-11'])
  expect(await at(8)).toEqual(['x 0-8'])
  expect(written()).toEqual([
    '{__name__="ALERTS", alertname="Down", alertstate="firing", instance="x"} undefined',
    '{__name__="ALERTS_FOR_STATE", alertname="Down", instance="x"} undefined',
  ])
  await restart()
  expect(await at(9)).toEqual(['x 0-8'])
  expect(await at(23)).toEqual(['x 0-8'])
  expect(state.entries.size).toBe(1)
  expect(await at(24)).toEqual([])
  expect(state.entries.size).toBe(0)
})

test('an alert whose series comes back after a restart is resolved at once when that goes', async () => {
  const { answers, at, restart, states } = world(group(down(FOR)))
  answers.set('a', [value('x'), value('y')])
  for (const minute of [0, 1, 2, 3]) await at(minute)
  await restart()
  answers.set('a', [])
  await at(10)
  expect(states()).toEqual(['x firing', 'y firing'])
  answers.set('a', [value('x')])
  await at(11)
  expect(states()).toEqual(['x firing', 'y firing'])
  answers.set('a', [])
  expect(await at(12)).toEqual(['x 3-12', 'y 3-16'])
  expect(await at(13)).toEqual(['y 3-13'])
})

test('a store that cannot write delays no report, and is tried again', async () => {
  const { answers, at, log, state, break: breakStore } = world(group(down()))
  answers.set('a', [value('x')])
  breakStore(true)
  expect(await at(0)).toEqual(['x 0-4'])
  expect(log).toContain('not kept')
  expect(state.entries.size).toBe(0)
  breakStore(false)
  await at(1)
  expect(state.entries.size).toBe(1)
})

test('alerts go on when anything but the name and the labels of their rule changes', async () => {
  const { answers, at, change, states, state } = world(group(down(FOR), '{alert: Down, expr: a, labels: {s: page}}'))
  answers.set('a', [value('x')])
  answers.set('b', [value('x')])
  await at(0)
  expect(states()).toEqual(['x pending', 'x firing'])
  change(group('{alert: Down, expr: b, labels: {s: page}}', '{alert: Down, expr: b, for: 1m}'))
  expect(states()).toEqual(['x firing', 'x pending'])
  expect(await at(1)).toEqual(['x 1-5'])
  // Another rule, although the name is the same; that of the old one ends and is forgotten.
  change(group('{alert: Down, expr: b, for: 1m}'))
  await at(2)
  expect(state.entries.size).toBe(1)
  expect(states()).toEqual(['x firing'])
})

test('a longer `for` sends a firing alert back to pending', async () => {
  const { answers, at, change, states } = world(group(down()))
  answers.set('a', [value('x')])
  await at(0)
  change(group(down(', for: 5m')))
  await at(1)
  expect(states()).toEqual(['x pending'])
  expect(await at(5)).toEqual(['x 5-9'])
})

test('series of a rule that is gone end, and so do those of a group without rules', async () => {
  const { answers, at, change, written } = world(group(down(), '{record: r, expr: b}'))
  answers.set('a', [value('x')])
  answers.set('b', [value('x')])
  await at(0)
  change(group('{record: r, expr: b}'))
  await at(1)
  expect(written().filter((one) => one.endsWith('undefined'))).toHaveLength(2)
  change('groups: [{name: g, rules: []}]')
  await at(2)
  expect(written()).toEqual(['{__name__="r", instance="x"} undefined'])
})

test('alerts of rules that are no more can be forgotten', async () => {
  const { answers, at, restart, forget, state } = world(group(down(), '{alert: Other, expr: a}'))
  answers.set('a', [value('x')])
  await at(0)
  await restart(group(down()))
  expect(state.entries.size).toBe(2)
  await forget()
  expect(state.entries.size).toBe(1)
})

test('a rule that fails changes nothing and reports nothing; the next ones are evaluated', async () => {
  const { answers, at, states, log } = world(`groups: [{name: g, limit: 1, rules: [${down()}, {alert: B, expr: b}]}]`)
  answers.set('a', [value('x')])
  answers.set('b', [value('z')])
  await at(0)
  answers.set('a', [value('x'), value('y')])
  expect(await at(2)).toEqual(['z 0-6'])
  expect(states()).toEqual(['x firing', 'z firing'])
  expect(log).toContain('Down: exceeded limit of 1 with 2 alerts')
  answers.set('a', new Error('the engine is away'))
  await at(3)
  expect(states()).toEqual(['x firing', 'z firing'])
})

test('templates ask queries as of the evaluation', async () => {
  const annotations = `{s: '{{ with query "c" }}{{ . | first | value }}{{ end }} {{ query "d" | first | value }}'}`
  const { answers, at, reports } = world(group(`{alert: Down, expr: a, annotations: ${annotations}}`))
  answers.set('a', [value('x')])
  answers.set('c', [value('p', 5)])
  answers.set('d', [value('q', 6)])
  await at(0)
  expect(reports[0]?.annotations.get('s')).toBe('5 6')
  answers.set('d', new Error('the engine is away'))
  await at(2)
  expect(reports[0]?.annotations.get('s')).toMatch(/<error expanding template: .*the engine is away/)
})

test('a stop while templates ask changes nothing', async () => {
  const { run, answers, log } = world(
    'groups: [{name: g, rules: [{alert: High, expr: load, labels: {n: "{{ with query `asked` }}{{ . | first | value }}{{ end }}"}}]}]',
  )
  answers.set('load', [{ labels: new Map([['instance', 'a']]), value: 6 }])
  const stop = new AbortController()
  const answerOf = answers.get.bind(answers)
  answers.get = (query) => {
    if (query !== 'asked') return answerOf(query)
    stop.abort()
    return new Error('the server stops')
  }
  await expect(run.evaluate(MINUTE, stop.signal)).rejects.toThrow('aborted')
  expect(log).toEqual(['read load'])
})

test('rules that look at what others write are read after it was written', async () => {
  const { answers, at, log } = world(
    group('{record: r, expr: a}', down(), '{alert: B, expr: r > 1}', `{record: s, expr: 'count(ALERTS)'}`),
  )
  answers.set('a', [value('x')])
  await at(0)
  expect(log.filter((one) => one.startsWith('read'))).toEqual(['read a, a', 'read r > 1', 'read count(ALERTS)'])
})

test('each evaluation of an alerting rule is told to the journal', async () => {
  const { answers, at, history, run } = world(group('{record: r, expr: b}', down(FOR)))
  answers.set('a', [value('x', 3)])
  await at(0)
  await at(3)
  answers.set('a', [])
  await at(4)
  await at(5)
  answers.set('a', new Error('the engine is away'))
  await at(6)
  const id = run.view().rules[1]?.id
  expect(history.map(({ kind, subject, timeMs }) => [kind, subject, timeMs / MINUTE])).toEqual(
    [0, 3, 4, 5, 6].map((minute) => ['evaluation', id, minute]),
  )
  const labels = { alertname: 'Down', instance: 'x' }
  expect(history.map(({ body }) => ({ ...JSON.parse(body), ms: 0 }))).toEqual([
    { ms: 0, pending: 1, firing: 0, alerts: [{ labels, state: 'pending', value: '3' }] },
    { ms: 0, pending: 0, firing: 1, alerts: [{ labels, state: 'firing', value: '3' }] },
    { ms: 0, pending: 0, firing: 0, alerts: [{ labels, state: 'inactive', value: '3' }] },
    { ms: 0, pending: 0, firing: 0, alerts: [] },
    { ms: 0, error: 'the engine is away', pending: 0, firing: 0, alerts: [] },
  ])
})
