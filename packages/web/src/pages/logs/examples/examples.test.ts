import { checkLogQL, parseLogQL, printExpr } from '@girok/query'
import { describe, expect, it } from 'vitest'
import { buildText } from '../builder/build.ts'
import { readModel } from '../builder/read.ts'
import { exampleGroups, examples } from './examples.ts'
import { ownExamples } from './own-examples.ts'

/** What every example must be: right in itself, and as it is after a visit to the builder. */
function prove(query: string): void {
  const expr = parseLogQL(query)
  checkLogQL(expr)
  const model = readModel(expr)
  expect(model).toBeDefined()
  expect(buildText(model!)).toEqual({ text: printExpr(expr) })
}

describe('the examples', () => {
  it.each(examples.map(({ query }) => query))('%s can run, and is shown by the builder', prove)

  it('fill every group, each with words of its own', () => {
    expect(new Set(examples.map(({ group }) => group))).toEqual(new Set(exampleGroups))
    expect(new Set(examples.map(({ title }) => title)).size).toBe(examples.length)
    expect(new Set(examples.map(({ query }) => query)).size).toBe(examples.length)
  })
})

describe('examples made from what is stored', () => {
  const field = (
    name: string,
    origin: 'label' | 'metadata' | 'json' | 'logfmt',
    type: 'string' | 'number',
    top: string[],
  ) => ({
    name,
    origin,
    type,
    count: 10,
    cardinality: 10,
    top: top.map((value) => ({ value, count: 1 })),
  })

  it('take the service, its worst level and a field with numbers', () => {
    const found = ownExamples('say "hi"', [
      field('detected_level', 'metadata', 'string', ['info', 'error', 'debug']),
      field('took_ms', 'json', 'number', ['1']),
    ])
    for (const { query } of found) prove(query)
    expect(found.map(({ query }) => query)).toEqual([
      '{service_name=`say "hi"`}',
      '{service_name=`say "hi"`} | detected_level="error"',
      'sum by (detected_level) (count_over_time({service_name=`say "hi"`}[5m]))',
      'topk(5, sum by (service_name) (count_over_time({service_name=~".+"} | detected_level="error" [1h])))',
      'sum by (service_name) (rate({service_name=~".+"}[5m]))',
      'quantile_over_time(0.95, {service_name=`say "hi"`} | json | unwrap took_ms [5m]) by (service_name)',
    ])
  })

  it('do without what is not there', () => {
    const found = ownExamples('api', [])
    for (const { query } of found) prove(query)
    expect(found.map(({ title }) => title)).toEqual(['example.ownLines', 'example.services'])
  })
})
