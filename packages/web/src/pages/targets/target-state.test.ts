import type { ScrapeTarget } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { findTargets } from './target-state.ts'

const target = (scrapePool: string, host: string, health: ScrapeTarget['health'], lastError = ''): ScrapeTarget => ({
  scrapePool,
  labels: { job: scrapePool, instance: host, zone: '서울' },
  discoveredLabels: {},
  scrapeUrl: `http://${host}/metrics`,
  health,
  lastError,
  lastScrapeMs: undefined,
  lastScrapeDurationMs: 0,
  scrapeInterval: '15s',
  scrapeTimeout: '10s',
  samples: 0,
})
const answer = {
  pools: ['node', 'api', 'empty'],
  active: [
    target('node', 'b:1', 'up'),
    target('node', 'a:1', 'up'),
    target('node', 'c:1', 'down', 'connect ECONNREFUSED'),
    target('api', 'd:1', 'unknown'),
  ],
}
const shown = (search: string) =>
  findTargets(answer, search).map(({ name, targets, up, all }) => [
    name,
    `${up}/${all}`,
    ...targets.map(({ scrapeUrl }) => scrapeUrl),
  ])

describe('findTargets', () => {
  it('lists all jobs in their order, what is down first', () => {
    expect(shown('')).toEqual([
      ['node', '2/3', 'http://c:1/metrics', 'http://a:1/metrics', 'http://b:1/metrics'],
      ['api', '0/1', 'http://d:1/metrics'],
      ['empty', '0/0'],
    ])
  })

  it.each([
    ['econnrefused', [['node', '2/3', 'http://c:1/metrics']]],
    ['job=api', [['api', '0/1', 'http://d:1/metrics']]],
    ['NODE a:1', [['node', '2/3', 'http://a:1/metrics']]],
    ['서울 unknown'.normalize('NFD'), [['api', '0/1', 'http://d:1/metrics']]],
    ['nowhere', []],
  ])('finds %j', (search, found) => {
    expect(shown(search)).toEqual(found)
  })
})
