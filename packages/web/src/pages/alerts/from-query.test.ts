import { parseAndCheckLogQL } from '@girok/query'
import { expect, it, vi } from 'vitest'

vi.mock('../../shell/router.ts', () => ({ navigate: vi.fn() }))
const { alertingQuery } = await import('./from-query.ts')

it.each([
  ['{job="a"} |= "x"', 'sum(count_over_time({job="a"} |= "x" [5m]))'],
  ['{job="a"} | json # a comment', 'sum(count_over_time({job="a"} | json [5m]))'],
  ['sum(rate({job="a"}[1m]))', 'sum(rate({job="a"}[1m]))'],
  ['{job="a', '{job="a'],
])('LogQL %s alerts by %s', (query, wanted) => {
  expect(alertingQuery('logql', query)).toBe(wanted)
  if (wanted.startsWith('sum')) parseAndCheckLogQL(wanted)
})

it('PromQL alerts by itself', () => {
  expect(alertingQuery('promql', 'up')).toBe('up')
})
