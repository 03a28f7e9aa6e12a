import { type LogExpr, type MetricExpr, parseAndCheckLogQL, rangeNodesOf } from '@girok/query'
import { describe, expect, it } from 'vitest'
import { labelSet, makeStream } from '../model/labels.ts'
import type { IndexedStream } from '../store/store.ts'
import { countStatement } from './metric/count.ts'
import { containsHint, whereText } from './pushdown/condition.ts'
import { countColumns, windowColumns } from './pushdown/count.ts'
import { regexHint, requiredLiterals } from './pushdown/regex.ts'
import { timeCondition } from './pushdown/time.ts'
import { planRows } from './row-plan.ts'

function stream(labels: Record<string, string>, id: string): IndexedStream {
  const made = makeStream('t', labelSet(Object.entries(labels)))
  return { id, labels: made.labels, firstHour: 0, lastHour: 1_000_000 }
}

const API = stream({ app: 'api', env: 'prod' }, '1')
const WEB = stream({ app: 'web', env: 'prod', level: 'info' }, '2')
const JOB = stream({ app: 'job', env: 'dev', level: 'error' }, '3')
const ALL = [API, WEB, JOB]

function planned(query: string, streams: readonly IndexedStream[] = [API]): string[] {
  const plan = planRows(parseAndCheckLogQL(query) as LogExpr, query, streams, ALL, true)
  return [...plan.conditions.map(whereText), plan.exact ? 'exact' : plan.reevaluated ? 'superset' : 'impossible']
}

describe('streams', () => {
  it('names the smaller set', () => {
    expect(planned('{app="api"}', [API])).toEqual(['stream = 1', 'exact'])
    expect(planned('{env="prod"}', [API, WEB])).toEqual(['stream != 3', 'exact'])
    expect(planned('{app=~".+"}', ALL)).toEqual(['1', 'exact'])
    expect(planned('{app="none"}', [])).toEqual(['0', 'exact'])
  })

  it('leaves the choice to decoding when both sets are too large to name', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => stream({ app: 'x', n: String(i) }, String(i + 1)))
    const query = '{app="x"}'
    const plan = planRows(parseAndCheckLogQL(query) as LogExpr, query, many.slice(0, 5000), many, true)
    expect(plan.conditions).toEqual([])
    expect(plan.exact).toBe(false)
  })
})

describe('line filters', () => {
  it('are exact, with the index where the text is long enough', () => {
    expect(planned('{app="api"} |= "Needle"')).toEqual([
      'stream = 1',
      "position(line, 'Needle') > 0 AND indexHint(lower(line) LIKE '%needle%')",
      'exact',
    ])
    expect(planned('{app="api"} != "a" |= "it\'s 5%"')).toEqual([
      'stream = 1',
      "NOT (position(line, 'a') > 0)",
      "position(line, 'it\\'s 5%') > 0 AND indexHint(lower(line) LIKE '%it\\'s 5\\\\%%')",
      'exact',
    ])
    expect(planned('{app="api"} |= "alpha" or "gamma"')[1]).toBe(
      "(position(line, 'alpha') > 0 OR position(line, 'gamma') > 0) AND " +
        "indexHint((lower(line) LIKE '%alpha%' OR lower(line) LIKE '%gamma%'))",
    )
    // One operand that the index cannot look up spoils it for both.
    expect(planned('{app="api"} |= "alpha" or "b"')[1]).not.toContain('indexHint')
  })

  it('translate the dialect of regular expressions', () => {
    expect(planned('{app="api"} |~ `(?i)failed password.*from 10\\.0\\.7\\.`')).toEqual([
      'stream = 1',
      "match(line, '(?-s)(?i)failed password.*from 10\\\\.0\\\\.7\\\\.') AND " +
        "indexHint((lower(line) LIKE '%failed pa%' AND lower(line) LIKE '%from 10.0.7.%'))",
      'exact',
    ])
    expect(planned('{app="api"} !~ "a|b"')).toEqual(['stream = 1', "NOT (match(line, '(?-s)a|b'))", 'exact'])
  })

  it('are supersets for patterns and left alone for the rest', () => {
    expect(planned('{app="api"} |> "<_>took <_>ms"')).toEqual([
      'stream = 1',
      "(position(line, 'took ') > 0 AND position(line, 'ms') > 0) AND indexHint(lower(line) LIKE '%took %')",
      'superset',
    ])
    expect(planned('{app="api"} |= ip("10.0.0.0/8")')).toEqual(['stream = 1', 'superset'])
    expect(planned('{app="api"} !> "<_>x"')).toEqual(['stream = 1', 'superset'])
  })

  it('do not apply to a line that was replaced', () => {
    expect(planned('{app="api"} | line_format "x" |= "x"')).toEqual(['stream = 1', 'superset'])
    expect(planned('{app="api"} | decolorize |= "x"')).toEqual(['stream = 1', 'superset'])
  })
})

describe('label filters', () => {
  it('are decided by the stream where it has the label', () => {
    expect(planned('{app=~".+"} | env="prod"', ALL)).toEqual(['1', 'stream != 3', 'exact'])
    expect(planned('{app=~".+"} | env="prod" and app!="web"', ALL)).toEqual([
      '1',
      '(stream != 3 AND stream != 2)',
      'exact',
    ])
    expect(planned('{app=~".+"} | env="none"', ALL)).toEqual(['1', '0', 'exact'])
  })

  it('compare metadata and the detected level', () => {
    expect(planned('{app="api"} | detected_level="error"')[1]).toContain("if(level != '', level, ")
    expect(planned('{app="api"} | trace_id="x"')).toEqual([
      'stream = 1',
      "(mapContains(meta, 'trace_id') AND arrayReverse(mapValues(meta))[indexOf(arrayReverse(mapKeys(meta)), 'trace_id')] = 'x')",
      'exact',
    ])
    expect(planned('{app="api"} | latency > 5')).toEqual(['stream = 1', "mapContains(meta, 'latency')", 'superset'])
  })

  it('look at both where only some streams have the label', () => {
    const [, condition] = planned('{app=~".+"} | level="error"', ALL)
    expect(condition).toMatch(/^\(stream = 3 OR \(stream = 1 AND \(mapContains\(meta, 'level'\) AND /)
  })

  it('become supersets behind a parser', () => {
    expect(planned('{app="api"} | json | status=500')).toEqual([
      'stream = 1',
      "((position(line, 'status') > 0 AND " +
        "(ifNull(toFloat64OrNull(JSONExtractRaw(line, 'status')) BETWEEN toFloat64(499.9999999995) AND toFloat64(500.0000000005), 1) " +
        "OR (countSubstrings(line, 'status') != 1))) OR position(line, '\\\\u00') > 0 OR mapContains(meta, 'status'))",
      'superset',
    ])
    const [, text] = planned('{app="api"} | json | level="ERROR"')
    expect(text).toContain("JSONExtractString(line, 'level') = 'ERROR'")
    expect(text).toContain("position(line, 'ERROR') > 0")
    expect(planned('{app="api"} | logfmt | level="warn"')[1]).toContain("position(line, 'warn') > 0")
    expect(planned('{app="api"} | json | logfmt | status >= 500')).toEqual([
      'stream = 1',
      "((position(line, 'status') > 0) OR position(line, '\\\\u00') > 0 OR mapContains(meta, 'status'))",
      'superset',
    ])
  })

  it('are left alone where the label may have been changed or is not the data’s', () => {
    for (const query of [
      '{app="api"} | label_format status=code | json | status=500',
      '{app="api"} | json | drop status | status=500',
      '{app="api"} | json | keep path | status=500',
      '{app="api"} | json | __error__=""',
      '{app="api"} | json | status_extracted=500',
      '{app="api"} | line_format "{}" | json | status=500',
      '{app="api"} | regexp "(?P<status>.)" | status=500',
    ]) {
      expect(planned(query), query).toEqual(['stream = 1', 'superset'])
    }
  })

  it('push one side of an and, both or none of an or', () => {
    expect(planned('{app="api"} | json | status=500 and addr=ip("10.0.0.1")')[1]).toContain("'status'")
    expect(planned('{app="api"} | json | status=500 or addr=ip("10.0.0.1")')).toEqual(['stream = 1', 'superset'])
  })
})

describe('without push-down', () => {
  it('only streams are chosen', () => {
    const query = '{app="api"} |= "x" | json | status=500'
    const plan = planRows(parseAndCheckLogQL(query) as LogExpr, query, [API], ALL, false)
    expect(plan.conditions.map(whereText)).toEqual(['stream = 1'])
    expect(plan.reevaluated).toBe(true)
  })
})

describe('what the index is asked', () => {
  it.each([
    ['error', ['error'], false],
    ['(?i)Fail(ed|ure) now', ['Fail', ' now'], true],
    ['ab*cd+e?f', ['a', 'c', 'f'], false],
    ['a{0}bcd', ['bcd'], false],
    ['x[abc]yz\\.com', ['x', 'yz.com'], false],
    ['GET \\S+ 500', ['GET ', ' 500'], false],
    ['a|b', [], false],
    ['(?s)abcd', [], false],
    ['\\Qa.b\\E', [], false],
    ['(?:abc)?def', ['def'], false],
  ])('%s needs %j', (pattern, literals, anyCase) => {
    const found = requiredLiterals(pattern)
    expect(found.literals).toEqual(literals)
    if (literals.length > 0) expect(found.anyCase).toBe(anyCase)
  })

  it('never asks for letters that fold to others', () => {
    expect(regexHint('(?i)tasks')).toBeUndefined()
    expect(regexHint('(?i)breaking point')).toBe("lower(line) LIKE '%ing point%'")
    expect(containsHint('ÄÖÜ!?')).toBe("lower(line) LIKE '%ÄÖÜ!?%'")
    expect(containsHint('abc')).toBeUndefined()
  })
})

describe('time', () => {
  it('bounds the hour besides the time', () => {
    expect(timeCondition({ fromNs: 7_200_000_000_001n, toNs: 10_800_000_000_000n }).sql).toBe(
      'ts >= fromUnixTimestamp64Nano(toInt64(7200000000001)) AND ts < fromUnixTimestamp64Nano(toInt64(10800000000000)) AND ' +
        "toStartOfHour(ts) = toDateTime(7200, 'UTC')",
    )
    expect(timeCondition({ fromNs: 0n, toNs: 10_800_000_000_001n }).sql).toContain(
      "toStartOfHour(ts) BETWEEN toDateTime(0, 'UTC') AND toDateTime(10800, 'UTC')",
    )
    expect(timeCondition({ fromNs: 0n, toNs: 2n ** 62n }).sql).not.toContain('toStartOfHour')
  })
})

describe('counts', () => {
  const grid = { startNs: 1_000_000_000_000n, stepNs: 60_000_000_000n, count: 11 }
  const statement = (query: string, streams = ALL): string | undefined => {
    const [leaf] = rangeNodesOf(parseAndCheckLogQL(query) as MetricExpr)
    if (!leaf) throw new Error('no range')
    const { node, sumGrouping } = leaf
    const plan = planRows(node.range.log, query, streams, ALL, true)
    const columns = countColumns(node, plan, sumGrouping)
    if (!columns) return undefined
    const { span } = windowColumns(grid, node.range.rangeNs, node.range.offsetNs)
    const rows = { tenant: 't', span, conditions: plan.conditions }
    return countStatement({ node, grid, columns, sumGrouping, maxSeries: 0, rows })
  }

  it('group by stream and window only, where that is enough', () => {
    expect(statement('sum by (app) (rate({app=~".+"}[1m]))')).toBe(
      'SELECT stream, toUInt32(intDiv((toUnixTimestamp64Nano(ts) - toInt64(940000000000)) - 1, 60000000000) + 1) AS window_end, ' +
        "count(), max((row_kind = 0 OR row_kind >= 32)) FROM logs WHERE tenant = 't' AND " +
        'ts >= fromUnixTimestamp64Nano(toInt64(940000000001)) AND ts < fromUnixTimestamp64Nano(toInt64(1600000000001)) AND ' +
        "toStartOfHour(ts) = toDateTime(0, 'UTC') GROUP BY stream, window_end",
    )
  })

  it('add what series are told apart by', () => {
    expect(statement('sum by (detected_level) (count_over_time({app=~".+"}[1m]))')).toMatch(
      /SELECT stream, level, mapFilter\(\(name, value\) -> name IN \('detected_level'\), meta\) AS metadata, /,
    )
    expect(statement('count_over_time({app=~".+"}[1m])')).toMatch(/GROUP BY stream, level, metadata, window_end$/)
    expect(statement('sum(bytes_over_time({app=~".+"}[90s]))')).toMatch(
      /AS window_end, if\(.* AS window_first, count\(\), sum\(length\(line\)\), .*GROUP BY stream, window_end, window_first$/,
    )
  })

  it('are left to the evaluator where lines must be read', () => {
    expect(statement('sum(count_over_time({app=~".+"} | json [1m]))')).toBeUndefined()
    expect(statement('sum(count_over_time({app=~".+"} |> "<_>x" [1m]))')).toBeUndefined()
    expect(statement('absent_over_time({app=~".+"}[1m])')).toBeUndefined()
    expect(statement('sum(count_over_time({app=~".+"} |= "x" | drop level [1m]))')).toBeDefined()
  })
})
