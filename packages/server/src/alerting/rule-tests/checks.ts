import { type LogEntry, QueryError } from '@girok/query'
import { labelsText } from '../../model/labels.ts'
import type { RuleValue } from '../rules/rule-samples.ts'
import type { ExpectedLine, LogExprTest } from './log-tests.ts'
import type { ExpectedSample } from './test-fields.ts'
import type { AlertTest, ExprTest } from './test-file.ts'
import type { RuleTestRun } from './test-run.ts'

/** What is wrong with the alerts that fire now; each failure is a text of several lines. */
export function checkAlerts(run: RuleTestRun, { alertName, evalTimeMs, expected, place }: AlertTest): string[] {
  const told = (labels: ReadonlyMap<string, string>, annotations: ReadonlyMap<string, string>): string =>
    `Labels:${labelsText(new Map(labels))} Annotations:${labelsText(sorted(annotations))}`
  const wanted = expected.map(({ labels, annotations }) => told(labels, annotations)).sort()
  const got = run
    .firing(alertName)
    .map(({ labels, annotations }) => told(labels, annotations))
    .sort()
  return differences(`alertname: ${alertName}, time: ${clock(evalTimeMs)}`, place, wanted, got)
}

/** What is wrong with the answer of a query of PromQL. @param startMs of the test */
export function checkExpression(run: RuleTestRun, test: ExprTest, startMs: number, isFuzzy: boolean): string[] {
  const query = { language: 'promql', tree: test.tree } as const
  return answered(test, () => {
    const found = run.query(query, startMs + test.evalTimeMs)
    return sampleDifferences(test, test.expected, found, isFuzzy)
  })
}

/** What is wrong with the answer of a query of LogQL. @param startMs of the test */
export function checkLogExpression(run: RuleTestRun, test: LogExprTest, startMs: number, isFuzzy: boolean): string[] {
  const { expected } = test
  return answered(test, () => {
    const atMs = startMs + test.evalTimeMs
    if ('lines' in expected) return lineDifferences(test, expected.lines, run.logs(expected.tree, atMs))
    const found = run.query({ language: 'logql', tree: expected.tree }, atMs)
    return sampleDifferences(test, expected.samples, found, isFuzzy)
  })
}

type Asking = Pick<ExprTest, 'expr' | 'evalTimeMs' | 'place'>

/** What a check finds, or why its query cannot be answered. */
function answered(test: Asking, check: () => string[]): string[] {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return [`${titleOf(test)} (${test.place}): ${error.message}`]
  }
}

function titleOf({ expr, evalTimeMs }: Asking): string {
  return `expr: ${JSON.stringify(expr)}, time: ${clock(evalTimeMs)}`
}

function sampleDifferences(
  test: Asking,
  expected: readonly ExpectedSample[],
  values: readonly RuleValue[],
  isFuzzy: boolean,
): string[] {
  const got = byLabels(values)
  const wanted = byLabels(expected)
  const isSame =
    got.length === wanted.length &&
    got.every(
      ([labels, value], at) => wanted[at]?.[0] === labels && areEqual(value, wanted[at]?.[1] as number, isFuzzy),
    )
  const told = (pairs: readonly (readonly [string, number])[]): string[] =>
    pairs.map(([labels, value]) => `${labels} ${value}`)
  return isSame ? [] : differences(titleOf(test), test.place, told(wanted), told(got))
}

/** Lines in the order of time; a time that is not expected may be any. */
function lineDifferences(test: Asking, expected: readonly ExpectedLine[], entries: readonly LogEntry[]): string[] {
  const told = (labels: ReadonlyMap<string, string>, line: string, timeNs: bigint | undefined): string =>
    `${labelsText(sorted(labels))} ${JSON.stringify(line)}${timeNs === undefined ? '' : ` at ${timeNs}`}`
  const wanted = expected.map(({ labels, line, timeNs }) => told(labels, line, timeNs))
  const got = entries.map(({ stream, metadata, parsed, line, timeNs }, at) => {
    const isTimed =
      expected[at] === undefined ? expected.some((one) => one.timeNs !== undefined) : expected[at].timeNs !== undefined
    return told(new Map([...stream, ...metadata, ...parsed]), line, isTimed ? timeNs : undefined)
  })
  return differences(titleOf(test), test.place, wanted, got)
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

/** A time of a test, as files of tests write it. */
export function clock(ms: number): string {
  const seconds = ms / 1000
  if (seconds % 3600 === 0 && seconds > 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 && seconds > 0 ? `${seconds / 60}m` : `${seconds}s`
}
