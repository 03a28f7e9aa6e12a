import { expect, test } from 'vitest'
import type { Panel, QueryLanguage } from '../model/dashboard.ts'
import { queryFaults } from './query-faults.ts'

const faults = (language: QueryLanguage, expr: string) => {
  const place = { x: 0, y: 0, w: 12, h: 8 }
  const panel: Panel = { id: 1, title: 'CPU', kind: 'line', place, queries: [{ ref: 'A', language, expr }] }
  return queryFaults({ panels: [panel], variables: [] })
}

test.each<[QueryLanguage, string]>([
  ['promql', 'rate(up{job=~"$job"}[$__rate_interval])'],
  ['promql', 'topk($n, sum by ($label) (rate($metric{a="b"}[$interval])))'],
  ['promql', `avg_over_time(up[\${__range}:\${step}] offset $shift)`],
  ['promql', 'label_replace(up, "a", "$1", "b", "(.*)") * [[factor]]'],
  ['promql', `increase(x[\${__interval:text}]) / $__range_s`],
  ['promql', ''],
  ['logql', '{app="$app"} |~ "(?i)$search"'],
  ['logql', `sum by (\${by:csv}) (count_over_time({app="$app"} | json [$__auto]))`],
  ['logql', 'topk($n, rate({a="b"}[$__range]))'],
  ['logql', 'sum(rate({a="$b"}$filter[5m])) by ($label)'],
])('%s %s is a query for some value of its variables', (language, expr) => {
  expect(faults(language, expr)).toEqual([])
})

test.each<[QueryLanguage, string, RegExp]>([
  ['promql', 'sum(rate(up[5m])', /parse error/],
  ['promql', 'sum($x', /parse error/],
  ['logql', '{app="a"} |', /parse error/],
])('%s %s is none', (language, expr, message) => {
  const [fault, ...others] = faults(language, expr)
  expect(others).toEqual([])
  expect(fault?.where).toBe('panels[0].queries[0].expr')
  expect(fault?.what).toContain('query A of the panel "CPU" cannot be parsed: ')
  expect(fault?.what).toMatch(message)
})

test('the queries of variables are looked at too, and there is an end to it', { timeout: 60_000 }, () => {
  const variable = { kind: 'query', name: 'v', language: 'promql', expr: 'up{', labelName: 'a' } as const
  expect(queryFaults({ panels: [], variables: [variable] })).toMatchObject([{ where: 'variables[0].expr' }])
  const queries = Array.from({ length: 50 }, (_, index) => ({
    ref: `Q${index}`,
    language: 'promql' as const,
    expr: `${'('.repeat(100)} $a $b $c`,
  }))
  const place = { x: 0, y: 0, w: 12, h: 8 }
  const panels = Array.from({ length: 500 }, (_, id): Panel => ({ id, title: '', kind: 'line', place, queries }))
  expect(queryFaults({ panels, variables: [] }).length).toBeLessThan(25_000)
})
