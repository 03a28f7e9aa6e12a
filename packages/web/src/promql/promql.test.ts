import { parsePromQL } from '@girok/query/promql'
import { describe, expect, it } from 'vitest'
import type { MetricMeta } from '../api/prometheus.ts'
import type { Unit } from '../charts/unit.ts'
import { faultsOf } from './faults.ts'
import { formatted } from './format.ts'
import { measureOfPromQL } from './measure.ts'
import { firstQuery, metaOf } from './metric-kind.ts'
import { metricOf, selectorsIn, withMatcher, withMetric } from './rewrite.ts'
import { selectorText, seriesSelector } from './selector-text.ts'
import { wordAt } from './word-at.ts'

const told = (type: string, unit = ''): MetricMeta => ({ type, unit, help: '' })
const meta = new Map([
  ['http_request_duration_seconds', told('histogram', 'seconds')],
  ['jobs_done', told('counter')],
  ['queue_size', told('gauge')],
  ['payload', told('gauge', 'bytes')],
])

describe('measureOfPromQL', () => {
  it.each<[string, Unit, number]>([
    ['process_resident_memory_bytes', 'bytes', 1],
    ['sum by (job) (rate(node_network_receive_bytes_total[5m]))', 'bytesPerSecond', 1],
    ['rate(http_requests_total[5m])', 'perSecond', 1],
    ['irate(jobs_done[1m])', 'perSecond', 1],
    ['increase(http_requests_total[1h])', 'none', 1],
    ['http_requests_total', 'none', 1],
    ['rate(process_cpu_seconds_total[5m])', 'ratio', 1],
    ['histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))', 'seconds', 1],
    ['histogram_quantile(0.5, rate(latency_milliseconds_bucket[5m]))', 'seconds', 1e-3],
    ['rate(http_request_duration_seconds_bucket[5m])', 'perSecond', 1],
    ['rate(x_seconds_sum[5m]) / rate(x_seconds_count[5m])', 'seconds', 1],
    ['sum(rate(x_bytes_sum[5m])) / sum(rate(x_bytes_count[5m]))', 'bytes', 1],
    ['sum(rate(e_total{code="500"}[5m])) / sum(rate(e_total[5m]))', 'ratio', 1],
    ['100 * sum(rate(e_total[5m])) / sum(rate(f_total[5m]))', 'percent', 1],
    ['100 * (sum(rate(e_total[5m])) / sum(rate(f_total[5m])))', 'percent', 1],
    ['1 - free_bytes / size_bytes', 'ratio', 1],
    ['cache_hit_ratio', 'ratio', 1],
    ['gpu_utilization_percent', 'percent', 1],
    ['gpu_memory_used_mib', 'bytes', 1024 ** 2],
    ['max_over_time(request_duration_ms[5m])', 'seconds', 1e-3],
    ['payload', 'bytes', 1],
    ['topk(3, payload) > 1000', 'bytes', 1],
    ['count(payload)', 'none', 1],
    ['stdvar(payload)', 'none', 1],
    ['payload ^ 2', 'none', 1],
    ['payload > bool 3', 'none', 1],
    ['payload * queue_size', 'none', 1],
    ['payload / 1024', 'none', 1],
    ['deriv(payload[5m:1m])', 'bytesPerSecond', 1],
    ['{__name__="used_bytes"}', 'bytes', 1],
    ['{job="api"}', 'none', 1],
    ['time() - process_start_time_seconds', 'none', 1],
    ['42', 'none', 1],
  ])('%s: %s', (query, unit, factor) => {
    expect(measureOfPromQL(parsePromQL(query), meta)).toEqual({ unit, factor })
  })
})

describe('metric kinds', () => {
  it('know the parts of histograms by what was told of the whole', () => {
    expect(metaOf('http_request_duration_seconds_bucket', meta)?.type).toBe('histogram')
    expect(metaOf('nothing', meta)).toBeUndefined()
  })

  it.each([
    ['http_request_duration_seconds_bucket', /^histogram_quantile\(0\.95, sum by \(le\)/],
    ['http_request_duration_seconds_sum', /^rate\(/],
    ['jobs_done', /^rate\(jobs_done\[5m\]\)$/],
    ['events_total', /^rate\(/],
    ['queue_size', /^queue_size$/],
    ['서버.부하', /^\{"서버\.부하"\}$/],
    ['with "quotes"_total', /^rate\(\{"with \\"quotes\\"_total"\}\[5m\]\)$/],
  ])('ask %s in a way that can run', (name, wanted) => {
    const query = firstQuery(name, metaOf(name, meta))
    expect(query).toMatch(wanted)
    expect(() => parsePromQL(query)).not.toThrow()
  })
})

describe('withMatcher', () => {
  const api = { name: 'job', op: '=', value: 'api' } as const
  it.each([
    ['up', 'up{job="api"}'],
    ['rate(up[5m])', 'rate(up{job="api"}[5m])'],
    ['up{job="db", zone=~"a|b"} offset 5m', 'up{zone=~"a|b", job="api"} offset 5m'],
    ['up {zone="}"} / up', 'up{zone="}", job="api"} / up{job="api"}'],
    ['sum(up) by (job) + down', 'sum(up{job="api"}) by (job) + down'],
    ["{\"up\", zone='x\\'y'}", 'up{zone="x\'y", job="api"}'],
    ['{__name__="up"}', 'up{job="api"}'],
    ['up{zone="a" # a comment }\n}', 'up{zone="a", job="api"}'],
    ['down', 'up{job="api"}'],
    ['rate(up[', 'up{job="api"}'],
    ['', 'up{job="api"}'],
  ])('%s: %s', (query, wanted) => {
    const written = withMatcher(query, 'up', api)
    expect(written).toBe(wanted)
    expect(() => parsePromQL(written)).not.toThrow()
  })

  it('takes values and labels of every script, and gives them back when it is read', () => {
    const written = withMatcher('up', 'up', { name: '팀 이름', op: '!=', value: '"서울"\n\\' })
    const [selector] = selectorsIn(written)
    expect(selector?.matchers).toContainEqual(
      expect.objectContaining({ name: '팀 이름', op: '!=', value: '"서울"\n\\' }),
    )
    expect(selector === undefined ? '' : metricOf(selector)).toBe('up')
  })
})

describe('withMetric', () => {
  it('puts another metric in the place of one, and touches nothing else', () => {
    const query = 'group by (up) (up{up="up"} offset 1m) + upper # up'
    expect(withMetric(query, 'up', 'load.1')).toBe('group by (up) ({"load.1", up="up"} offset 1m) + upper # up')
    expect(withMetric(query, 'down', 'x')).toBe(query)
  })
})

describe('selectors', () => {
  it('are written as PromQL reads them', () => {
    expect(seriesSelector({ __name__: 'up', job: 'a', 'b.c': '"' })).toBe('up{job="a", "b.c"="\\""}')
    expect(seriesSelector({ job: 'a' })).toBe('{job="a"}')
    expect(selectorText('up', [])).toBe('up')
  })
})

describe('the editor', () => {
  it('underlines the word at fault, in the words of the server', () => {
    expect(faultsOf('')).toEqual([])
    expect(faultsOf('up')).toEqual([])
    const [fault] = faultsOf('up{job="서울"} +\n  nosuch(up)')
    expect(fault?.message).toMatch(/^2:3: parse error: unknown function with name "nosuch"/)
    expect([fault?.from, fault?.to]).toEqual([17, 23])
    expect(faultsOf('rate(up)')[0]?.message).toMatch(/expected type range vector in call to function "rate"/)
    const [open] = faultsOf('sum(up')
    expect(open?.to).toBe(6)
    expect(open?.from).toBeLessThan(6)
  })

  it('explains functions, aggregations, operators and modifiers', () => {
    const query = 'sum by (job) (rate(up[5m] offset 1h)) > bool 1'
    for (const word of ['sum', 'by', 'rate', 'offset', '>', 'bool']) {
      const doc = wordAt(query, query.indexOf(word))
      expect(doc?.doc.text.length, word).toBeGreaterThan(10)
      expect(query.slice(doc?.from, doc?.to), word).toBe(word)
    }
    expect(wordAt(query, query.indexOf('up'))).toBeUndefined()
    expect(wordAt('', 0)).toBeUndefined()
  })

  it('lays out what can be read and nothing else', () => {
    expect(formatted('sum(up)by(job)')).toBe('sum by (job) (up)')
    expect(formatted('sum(')).toBeUndefined()
  })
})
