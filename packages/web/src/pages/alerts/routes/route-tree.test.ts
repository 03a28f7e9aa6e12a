import type { RouteShown, RouteTestResponse } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { faultLines, flatRoutes, litRoutes } from './route-tree.ts'

const route = (id: string, receiver: string, matchers: string[], ...routes: RouteShown[]): RouteShown => ({
  id,
  receiver,
  matchers,
  continue: false,
  groupBy: [],
  groupWaitMs: 0,
  groupIntervalMs: 0,
  repeatIntervalMs: 0,
  muteTimeIntervals: [],
  activeTimeIntervals: [],
  routes,
})
const root = route(
  'root',
  'default',
  [],
  route('a', 'page', ['severity="critical"', 'team="x"'], route('b', 'db', ['service="db"'])),
  route('c', 'mail', ['team="x"']),
  route('d', 'chat', ['team="x"']),
)
const test = (...routes: [receiver: string, ...path: string[]][]) =>
  ({ routes: routes.map(([receiver, ...path]) => ({ receiver, path })) }) as unknown as RouteTestResponse

describe('the tree of routes', () => {
  it('is walked from the root', () => {
    expect(flatRoutes(root).map((one) => `${one.depth} ${one.route.id} ${one.path.at(-1)}`)).toEqual([
      '0 root {}',
      '1 a {severity="critical",team="x"}',
      '2 b {service="db"}',
      '1 c {team="x"}',
      '1 d {team="x"}',
    ])
  })

  it('lights up where an alert ends and what it comes through', () => {
    const lit = litRoutes(
      flatRoutes(root),
      test(['db', '{}', '{severity="critical", team="x"}', '{service="db"}'], ['chat', '{}', '{team="x"}']),
    )
    expect([...lit.ends]).toEqual(['b', 'd'])
    expect([...lit.through]).toEqual(['root', 'a'])
    expect([...litRoutes(flatRoutes(root), test(['default', '{}'])).ends]).toEqual(['root'])
  })
})

it('finds lines in words about faults', () => {
  expect(faultLines('line 12, column 3: unknown key "a"\nroute (4:7): no such receiver; line 12')).toEqual([4, 12])
  expect(faultLines('at 10.0.0.1:9093 nothing answers')).toEqual([])
})
