import { describe, expect, test } from 'vitest'
import { editDistance, nearestPath } from './nearest.ts'

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['port', 'port', 0],
    ['prot', 'port', 1],
    ['prt', 'port', 1],
    ['porrt', 'port', 1],
    ['part', 'port', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('%s → %s: %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance)
    expect(editDistance(b, a)).toBe(distance)
  })
})

describe('nearestPath', () => {
  const known = ['server.host', 'server.port', 'store.batch.maxRows', 'retention.maxAge', 'dataDir', 'server']
  test.each([
    ['server.prot', 'server.port'],
    ['sever.port', 'server.port'],
    ['port', 'server.port'],
    ['store.maxRows', 'store.batch.maxRows'],
    ['retention.maxage', 'retention.maxAge'],
    ['datadir', 'dataDir'],
    ['servr', 'server'],
  ])('%s means %s', (given, meant) => {
    expect(nearestPath(given, known)).toBe(meant)
  })

  test('nothing is near', () => {
    expect(nearestPath('kubernetes.cluster', known)).toBeUndefined()
  })
})
