import type { AgentSource, ListedAgent } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { manySources, mockAgents } from '../../../testing/mock-agents.ts'
import { clockOf, findAgents, inventoryOf, linesOf, type SourceEntry } from './agent-state.ts'

const { agents } = mockAgents()
const shown = (list: readonly ListedAgent[], search = ''): string[] =>
  findAgents(list, search).flatMap(({ entries }) => entries.map(({ source }) => source.name))
const entry = (type: string, source: Partial<AgentSource> & Pick<AgentSource, 'name'>): SourceEntry => ({
  input: { name: type, type },
  source: { state: 'idle', count: 0, ...source },
})

describe('findAgents', () => {
  it('lists what fails first, then what is active, idle, never seen; then by name', () => {
    expect(shown(agents)).toEqual([
      'logs/training/secret.log',
      'logs/training/run-42 "final".log',
      'nvidia-smi',
      'logs/training/run-41.log',
      'logs/inference/*.log',
      '/var/log/nginx/access.log',
    ])
  })

  it('gives the same order whatever the order of the report', () => {
    const turned = agents.map((agent) => ({
      ...agent,
      inputs: [...agent.inputs].reverse().map((input) => ({ ...input, sources: [...input.sources].reverse() })),
    }))
    expect(shown(turned)).toEqual(shown(agents))
  })

  it.each([
    ['GPU-01 training', 3],
    ['run-4', 2],
    ['nvidia', 1],
    ['서버', 1],
    ['서버'.normalize('NFD'), 1],
    ['access training', 0],
    ['', 6],
  ])('finds by words of agent, input and source: %s', (search, count) => {
    expect(shown(agents, search)).toHaveLength(count)
  })

  it('finds an agent that collects nothing by its own name', () => {
    const empty = agents.map((agent) => ({ ...agent, inputs: [] }))
    expect(findAgents(empty, 'web-01').map(({ agent }) => agent.id)).toEqual(['web-01'])
    expect(findAgents(empty, 'file')).toEqual([])
  })

  it('goes through 20 hosts with 2,000 files each while one types', () => {
    const sources = manySources(2000)
    const many = Array.from({ length: 20 }, (_, i) => ({
      ...(agents[0] as ListedAgent),
      id: `h${i}`,
      inputs: [{ name: 'f', type: 'file', sources, more: 0 }],
    }))
    const started = performance.now()
    expect(shown(many, 'file-1999')).toHaveLength(20)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

it('counts sources by state; what a silent agent said last is not known to hold', () => {
  expect(inventoryOf(agents)).toEqual({ failing: 1, active: 2, idle: 1, waiting: 1, unknown: 4 })
  expect(inventoryOf([])).toEqual({ failing: 0, active: 0, idle: 0, waiting: 0, unknown: 0 })
})

it('measures times of an agent by its own clock', () => {
  expect(clockOf({ atMs: 500, lastSeenMs: 10_000 }, 12_000)).toBe(2500)
  expect(clockOf({ lastSeenMs: 10_000 }, 12_000)).toBe(12_000)
  expect(clockOf({ atMs: 500, lastSeenMs: 10_000 }, 9000)).toBe(500)
})

describe('linesOf', () => {
  const clockMs = Date.UTC(2026, 0, 2, 12)
  const paramsOf = (one: SourceEntry) => Object.fromEntries(new URLSearchParams(linesOf(one, clockMs)))

  it('asks for the lines of a file, with quotes escaped', () => {
    expect(paramsOf(entry('file', { name: 'C:\\logs\\"a".log', lastMs: clockMs - 1000 }))).toEqual({
      q: '{filename="C:\\\\logs\\\\\\"a\\".log"}',
    })
  })

  it('looks about the last line when that is long ago', () => {
    expect(paramsOf(entry('file', { name: 'a', lastMs: Date.UTC(2026, 0, 1, 12) }))).toEqual({
      q: '{filename="a"}',
      from: '2026-01-01T11:00:00.000Z',
      to: '2026-01-01T12:01:00.000Z',
    })
  })

  it('has nothing to show of what is no file, and of files that never had a line', () => {
    expect(linesOf(entry('host', { name: 'cpu', lastMs: clockMs }), clockMs)).toBeUndefined()
    expect(linesOf(entry('file', { name: 'a' }), clockMs)).toBeUndefined()
  })
})
