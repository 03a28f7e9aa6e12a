import { describe, expect, it } from 'vitest'
import { countLabels } from './label-counts.ts'
import { foundNames, groupNames } from './name-groups.ts'
import { nearNames } from './near-names.ts'

describe('groupNames', () => {
  it('puts names that begin alike together, and leaves few of a kind as they are', () => {
    const names = ['go_gc', 'go_info', 'go_threads', 'http_requests_total', 'http_size', 'job:up:sum', 'up']
    expect(groupNames(names)).toEqual([
      { prefix: 'go_', names: ['go_gc', 'go_info', 'go_threads'] },
      { prefix: 'http_requests_total', names: ['http_requests_total'] },
      { prefix: 'http_size', names: ['http_size'] },
      { prefix: 'job:up:sum', names: ['job:up:sum'] },
      { prefix: 'up', names: ['up'] },
    ])
    expect(groupNames(['서버.부하', '서버.메모리', '서버.디스크']).map(({ prefix }) => prefix)).toEqual(['서버.'])
    expect(groupNames([])).toEqual([])
  })
})

describe('foundNames', () => {
  const names = ['api_errors_total', 'http_api_total', 'up']
  it('wants every word, and puts names that begin with the first one first', () => {
    expect(foundNames(names, 'API total')).toEqual(['api_errors_total', 'http_api_total'])
    expect(foundNames(['x_up', 'up'], 'up')).toEqual(['up', 'x_up'])
    expect(foundNames(names, ' ')).toEqual(names)
    expect(foundNames(names, 'nothing')).toEqual([])
  })
})

describe('nearNames', () => {
  const names = ['http_requests_total', 'http_request_duration_seconds_bucket', 'node_load1', 'up']
  it.each([
    ['http_request_total', ['http_requests_total']],
    ['htpp_requests_total', ['http_requests_total']],
    ['load1', ['node_load1']],
    ['UP', ['up']],
    ['duration_seconds', ['http_request_duration_seconds_bucket']],
    ['entirely_else', []],
  ])('%s: %j', (meant, near) => {
    expect(nearNames(meant, names)).toEqual(near)
  })
})

describe('countLabels', () => {
  it('counts series by value, the most frequent first, labels of few values first', () => {
    const series = [
      { __name__: 'up', job: 'a', instance: '1' },
      { __name__: 'up', job: 'b', instance: '2' },
      { __name__: 'up', job: 'b', instance: '3' },
    ]
    expect(countLabels(series)).toEqual([
      {
        name: 'job',
        values: [
          { value: 'b', count: 2 },
          { value: 'a', count: 1 },
        ],
      },
      {
        name: 'instance',
        values: [
          { value: '1', count: 1 },
          { value: '2', count: 1 },
          { value: '3', count: 1 },
        ],
      },
    ])
    expect(countLabels([])).toEqual([])
  })
})
