import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { RuleLanguage } from '../../model/rules.ts'
import type { RuleGroup } from '../rules/rule.ts'
import { type RuleFile, readRuleFile } from '../rules/rule-file.ts'
import { findRuleFiles } from '../rules/rule-paths.ts'
import { checkAlerts, checkExpression, checkLogExpression, clock } from './checks.ts'
import { type RuleTestFile, type RuleTestGroup, readRuleTestFile } from './test-file.ts'
import { RuleTestRun } from './test-run.ts'

/** What became of a file of tests; it passed when there are no failures. */
export interface RuleTestReport {
  /** Test groups with all that they check. */
  readonly passed: number
  /** One text of several lines for each check that failed; or what is wrong with the files. */
  readonly failures: readonly string[]
}

/**
 * Runs a file of unit tests for rules, in the format of promtool, and of tests of Loki's rules with `input_streams` and
 * `logql_expr_test`. Rules are evaluated every `evaluation_interval` from the start of the test on, whatever interval their
 * group has, as promtool does.
 *
 * @param language of the files in `rule_files`; those of `logql_rule_files` are LogQL
 */
export function runRuleTests(path: string, language: RuleLanguage = 'promql'): RuleTestReport {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { passed: 0, failures: [`cannot read ${path}: ${code === 'ENOENT' ? 'no such file' : message}`] }
  }
  const { file, problems } = readRuleTestFile(text, path)
  const named = [
    readRules(file.ruleFiles, dirname(path), language),
    readRules(file.logqlRuleFiles, dirname(path), 'logql'),
  ]
  const broken = [...problems, ...named.flatMap((one) => one.problems)]
  if (broken.length > 0) return { passed: 0, failures: broken }
  const groups = inOrder(
    named.flatMap((one) => one.groups),
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

function readRules(patterns: readonly string[], folder: string, language: RuleLanguage): RuleFile {
  const { files, faults } = findRuleFiles(patterns, folder)
  const read = files.map((one) => readRuleFile(one.text, one.path, language))
  return {
    groups: read.flatMap((one) => one.groups),
    problems: [...faults, ...read.flatMap((one) => one.problems)],
  }
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
    ...test.logExprTests.map((one) => one.evalTimeMs),
  )
  for (let timeMs = 0; timeMs <= lastMs; timeMs += step) {
    run.evaluate(test.startMs + timeMs)
    for (const one of test.alertTests) {
      if (one.evalTimeMs >= timeMs && one.evalTimeMs < timeMs + step) failures.push(...checkAlerts(run, one))
    }
  }
  // Times between two evaluations too: rules have written all that they will.
  for (const one of test.exprTests) failures.push(...checkExpression(run, one, test.startMs, file.fuzzyCompare))
  for (const one of test.logExprTests) failures.push(...checkLogExpression(run, one, test.startMs, file.fuzzyCompare))
  const seen = new Set<string>()
  for (const { group, rule, timeMs, message } of run.failures) {
    const text = `rule "${rule}" of group "${group}" could not be evaluated: ${message}`
    if (!seen.has(text)) failures.push(`${text} (first at ${clock(timeMs - test.startMs)})`)
    seen.add(text)
  }
  return failures
}
