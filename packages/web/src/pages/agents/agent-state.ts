import type { AgentInput, AgentSource, ListedAgent } from '@girok/server/contract'

/** `unknown`: the agent is silent, or left the source out of its report. */
export type SourceState = AgentSource['state'] | 'unknown'

/** Those first that want attention. */
export const sourceStates: readonly AgentSource['state'][] = ['failing', 'active', 'idle', 'waiting']

export interface SourceEntry {
  readonly input: Pick<AgentInput, 'name' | 'type'>
  readonly source: AgentSource
}

/** An agent with those of its sources that a search finds. */
export interface FoundAgent {
  readonly agent: ListedAgent
  readonly entries: readonly SourceEntry[]
}

/** Agents and sources in whose names all words of a search stand; an agent without sources is found by its own name. */
export function findAgents(agents: readonly ListedAgent[], search: string): FoundAgent[] {
  const words = search.normalize('NFC').toLowerCase().split(/\s+/)
  const fits = (text: string): boolean => {
    const plain = text.normalize('NFC').toLowerCase()
    return words.every((word) => plain.includes(word))
  }
  return agents.flatMap((agent) => {
    const entries = agent.inputs.flatMap((input) =>
      input.sources
        .filter((source) => fits(`${agent.name} ${agent.id} ${input.name} ${input.type} ${source.name}`))
        .map((source) => ({ input, source })),
    )
    const found = entries.length > 0 || fits(`${agent.name} ${agent.id}`)
    return found ? [{ agent, entries: entries.sort(inOrder) }] : []
  })
}

/** By state, then by name: the same states give the same order, whatever the order of a report. */
function inOrder(a: SourceEntry, b: SourceEntry): number {
  const rank = ({ source }: SourceEntry): number => sourceStates.indexOf(source.state)
  return rank(a) - rank(b) || compare(a.source.name, b.source.name) || compare(a.input.name, b.input.name)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** How many sources of all agents are in each state. */
export function inventoryOf(agents: readonly ListedAgent[]): Readonly<Record<SourceState, number>> {
  const counts = { failing: 0, active: 0, idle: 0, waiting: 0, unknown: 0 }
  for (const { state, inputs } of agents) {
    for (const { sources, more } of inputs) {
      counts.unknown += more
      for (const source of sources) counts[state === 'silent' ? 'unknown' : source.state] += 1
    }
  }
  return counts
}

/** What the clock of an agent shows when that of the server shows `nowMs`: times that an agent tells are by its own. */
export function clockOf({ atMs, lastSeenMs }: Pick<ListedAgent, 'atMs' | 'lastSeenMs'>, nowMs: number): number {
  return (atMs ?? lastSeenMs) + Math.max(0, nowMs - lastSeenMs)
}

const hourMs = 3_600_000

/**
 * The query string of the log page for the lines of a file, about the time of its last line; undefined for what is no
 * file or has no lines.
 */
export function linesOf({ input, source }: SourceEntry, clockMs: number): string | undefined {
  const { name, lastMs } = source
  if (input.type !== 'file' || lastMs === undefined) return undefined
  const params = new URLSearchParams({ q: `{filename=${JSON.stringify(name)}}` })
  // The page shows the last hour unless it is told.
  if (clockMs - lastMs > 0.9 * hourMs) {
    params.set('from', new Date(lastMs - hourMs).toISOString())
    params.set('to', new Date(lastMs + 60_000).toISOString())
  }
  return `?${params}`
}
