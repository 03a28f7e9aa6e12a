import type { AgentsResponse } from '@girok/server/contract'
import { computed, signal } from '@preact/signals'
import { getJson, request } from '../../api/client.ts'
import { isAbort } from '../../api/error.ts'
import { fetchLabels } from '../../api/loki.ts'
import { poll } from '../../time/poll.ts'
import { wordsOfFault } from '../fault-words.ts'
import { findAgents } from './agent-state.ts'

const path = '/girok/v1/agents'
const pollMs = 5000
const labelsBackMs = 7 * 86_400_000

/** The last good answer of the server; undefined until the first. It stays while later requests fail. */
export const answer = signal<AgentsResponse | undefined>(undefined)
/** Why the last request failed; '' when it did not. */
export const fault = signal('')
/** Why the server did not forget an agent, by its id. */
export const refused = signal<{ readonly id: string; readonly words: string } | undefined>(undefined)
/** Words that are looked for in names of agents, inputs and sources. */
export const search = signal('')
/** Whether lines of this tenant bear the name of their file, so that they can be asked for by it. */
export const linesByFile = signal(false)

export const found = computed(() => findAgents(answer.value?.agents ?? [], search.value.trim()))

/** Asks the server every five seconds while the page is shown and the tab is visible. */
export function startPolling(): () => void {
  return poll(pollMs, async (abort) => {
    try {
      const response = await getJson<AgentsResponse>(path, { signal: abort })
      answer.value = response
      fault.value = ''
      if (!linesByFile.value && response.agents.length > 0) await askForLabels(response.nowMs, abort)
    } catch (error) {
      if (!isAbort(error)) fault.value = wordsOfFault(error)
    }
  })
}

async function askForLabels(nowMs: number, abort: AbortSignal): Promise<void> {
  const nsOf = (ms: number): bigint => BigInt(ms) * 1_000_000n
  try {
    const labels = await fetchLabels('{}', nsOf(nowMs - labelsBackMs), nsOf(nowMs), abort)
    linesByFile.value = labels.includes('filename')
  } catch {
    // The figures are there without links as well; the next round asks again.
  }
}

/** Takes a silent agent out of the list. */
export async function forget(id: string): Promise<void> {
  try {
    await request(`${path}/${id}`, { method: 'DELETE' })
    const now = answer.peek()
    if (now !== undefined) answer.value = { ...now, agents: now.agents.filter((agent) => agent.id !== id) }
    refused.value = undefined
  } catch (error) {
    refused.value = { id, words: wordsOfFault(error) }
  }
}
