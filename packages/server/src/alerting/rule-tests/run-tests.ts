import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { QueryError } from '@girok/query'
import { labelsText } from '../../model/labels.ts'
import type { RuleGroup } from '../rules/rule.ts'
import { readRuleFile } from '../rules/rule-file.ts'
import { findRuleFiles } from '../rules/rule-paths.ts'
import type { RuleValue } from '../rules/rule-samples.ts'
import { type AlertTest, type ExprTest, type RuleTestFile, type RuleTestGroup, readRuleTestFile } from './test-file.ts'
import { RuleTestRun } from './test-run.ts'

/** What became of a file of tests; it passed when there are no failures. */
export interface RuleTestReport {
  /** Test groups with all that they check. */
  readonly passed: number
  /** One text of several lines for each check that failed; or what is wrong with the files. */
  readonly failures: readonly string[]
}

/**
 * Runs a file of unit tests for rules, in the format of promtool, with alert_rule_test and promql_expr_test. Rules are
 * evaluated every `evaluation_interval` from the start of the test on, whatever interval their group has, as promtool does.
 */
export function runRuleTests(path: string): RuleTestReport {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { passed: 0, failures: [`cannot read ${path}: ${code === 'ENOENT' ? 'no such file' : message}`] }
  }
  const { file, problems } = readRuleTestFile(text, path)
  const { files, faults } = findRuleFiles(file.ruleFiles, dirname(path))
  const read = files.map((one) => readRuleFile(one.text, one.path, 'promql'))
  const broken = [...problems, ...faults, ...read.flatMap((one) => one.problems)]
  if (broken.length > 0) return { passed: 0, failures: broken }
  const groups = inOrder(
    read.flatMap((one) => one.groups),
    file.groupOrder,
  )
  let passed = 0
  const failures = file.tests.flatMap((test) => {
    const found = runGroup(test, groups, file)
    if (found.length === 0) passed++
    return found.map((failure) => `${test.name}: ${failure}`)
  })
  return { passed, failures }
}

function inOrder(groups: readonly RuleGroup[], order: readonly string[]): RuleGroup[] {
  const place = ({ name }: RuleGroup): number => (order.includes(name) ? order.indexOf(name) : order.length)
  return [...groups].sort((a, b) => place(a) - place(b))
}

function runGroup(test: RuleTestGroup, groups: readonly RuleGroup[], file: RuleTestFile): string[] {
  const run = new RuleTestRun(test, groups, file.evaluationIntervalMs)
  const failures: string[] = []
  const step = file.evaluationIntervalMs
  const lastMs = Math.max(
    0,
    ...test.alertTests.map((one) => one.evalTimeMs),
    ...test.exprTests.map((one) => one.evalTimeMs),
  )
  for (let timeMs = 0; timeMs <= lastMs; timeMs += step) {
    run.evaluate(test.startMs + timeMs)
    for (const one of test.alertTests) {
      if (one.evalTimeMs >= timeMs && one.evalTimeMs < timeMs + step) failures.push(...checkAlerts(run, one))
    }
  }
  // Times between two evaluations too: rules have written all that they will.
  for (const one of test.exprTests) failures.push(...checkExpression(run, one, test.startMs, file.fuzzyCompare))
  const seen = new Set<string>()
  for (const { group, rule, timeMs, message } of run.failures) {
    const text = `rule "${rule}" of group "${group}" could not be evaluated: ${message}`
    if (!seen.has(text)) failures.push(`${text} (first at ${clock(timeMs - test.startMs)})`)
    seen.add(text)
  }
  return failures
}

function checkAlerts(run: RuleTestRun, { alertName, evalTimeMs, expected, place }: AlertTest): string[] {
  const told = (labels: ReadonlyMap<string, string>, annotations: ReadonlyMap<string, string>): string =>
    `Labels:${labelsText(new Map(labels))} Annotations:${labelsText(sorted(annotations))}`
  const wanted = expected.map(({ labels, annotations }) => told(labels, annotations)).sort()
  const got = run
    .firing(alertName)
    .map(({ labels, annotations }) => told(labels, annotations))
    .sort()
  return differences(`alertname: ${alertName}, time: ${clock(evalTimeMs)}`, place, wanted, got)
}

function checkExpression(run: RuleTestRun, test: ExprTest, startMs: number, isFuzzy: boolean): string[] {
  const what = `expr: ${JSON.stringify(test.expr)}, time: ${clock(test.evalTimeMs)}`
  let values: readonly RuleValue[]
  try {
    values = run.query(test.tree, startMs + test.evalTimeMs)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return [`${what} (${test.place}): ${error.message}`]
  }
  const got = byLabels(values)
  const wanted = byLabels(test.expected)
  const isSame =
    got.length === wanted.length &&
    got.every(
      ([labels, value], at) => wanted[at]?.[0] === labels && areEqual(value, wanted[at]?.[1] as number, isFuzzy),
    )
  const told = (pairs: readonly (readonly [string, number])[]): string[] =>
    pairs.map(([labels, value]) => `${labels} ${value}`)
  return isSame ? [] : differences(what, test.place, told(wanted), told(got))
}

function differences(what: string, place: string, wanted: readonly string[], got: readonly string[]): string[] {
  if (wanted.length === got.length && wanted.every((one, at) => one === got[at])) return []
  const list = (texts: readonly string[]): string =>
    texts.length === 0 ? '\n    nothing' : texts.map((one) => `\n    ${one}`).join('')
  return [`${what} (${place})\n  expected:${list(wanted)}\n  got:${list(got)}`]
}

function byLabels(values: readonly RuleValue[]): (readonly [string, number])[] {
  return values
    .map(({ labels, value }) => [labelsText(sorted(labels)), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

function sorted(labels: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `fuzzy_compare` ignores what the last bit says. */
function areEqual(a: number, b: number, isFuzzy: boolean): boolean {
  if (Object.is(a, b) || a === b) return true
  return isFuzzy && Number.isFinite(a) && Number.isFinite(b) && a * b > 0 && areNeighbours(a, b)
}

/** Numbers of one sign lie in the order of their bits. */
function areNeighbours(a: number, b: number): boolean {
  const [first = 0n, second = 0n] = new BigInt64Array(Float64Array.of(a, b).buffer)
  return first - second === 1n || second - first === 1n
}

function clock(ms: number): string {
  const seconds = ms / 1000
  if (seconds % 3600 === 0 && seconds > 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 && seconds > 0 ? `${seconds / 60}m` : `${seconds}s`
}
