import type { AgentsResponse } from '@girok/server/contract'
import { computed, signal } from '@preact/signals'
import { request } from '../../api/client.ts'
import { fetchLabels } from '../../api/loki.ts'
import { polled, wordsOfFault } from '../polled.ts'
import { findAgents } from './agent-state.ts'

const path = '/girok/v1/agents'
const pollMs = 5000
const labelsBackMs = 7 * 86_400_000

/** The agents of the tenant, asked for every five seconds. */
export const report = polled<AgentsResponse>(path, pollMs, async ({ agents, nowMs }, abort) => {
  const files = agents.some(({ inputs }) => inputs.some(({ type, sources }) => type === 'file' && sources.length > 0))
  if (files && !linesByFile.value) await askForLabels(nowMs, abort)
})
export const { answer } = report
/** Why the server did not forget an agent, by its id. */
export const refused = signal<{ readonly id: string; readonly words: string } | undefined>(undefined)
/** Words that are looked for in names of agents, inputs and sources. */
export const search = signal('')
/** Whether lines of this tenant bear the name of their file, so that they can be asked for by it. */
export const linesByFile = signal(false)

export const found = computed(() => findAgents(answer.value?.agents ?? [], search.value.trim()))

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
