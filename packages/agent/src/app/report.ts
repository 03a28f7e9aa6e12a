import { hostname } from 'node:os'
import type { SourceStatus } from '../model/input.ts'
import type { AgentStatus } from './status.ts'

/** Sources that a report tells of; those that fail or never came first. */
const MOST_SOURCES = 2_000

const ORDER: Readonly<Record<SourceStatus['state'], number>> = { failing: 0, waiting: 1, active: 2, idle: 3 }

/** What the agent tells a Girok server of itself: `POST /girok/v1/agents`. */
export function reportOf(
  status: AgentStatus,
  more: { readonly id: string; readonly intervalMs: number; readonly atMs: number },
): Readonly<Record<string, unknown>> {
  const { version, startedMs, configuration, inputs, dropped, spool, destinations, memoryBytes, cpuSeconds } = status
  const share = Math.max(1, Math.floor(MOST_SOURCES / Math.max(1, inputs.length)))
  return {
    ...more,
    name: hostname(),
    ...{ version, startedMs, configuration, dropped, memoryBytes, cpuSeconds },
    inputs: inputs.map(({ name, type, sources }) => ({
      name,
      type,
      sources: [...sources].sort((a, b) => ORDER[a.state] - ORDER[b.state]).slice(0, share),
      more: Math.max(0, sources.length - share),
    })),
    spool: { ...spool },
    destinations: destinations.map(({ name, url, sent, rejected, backlog, lastOkMs, lastError }) => ({
      ...{ name, url, rejected, lastOkMs, lastError },
      sent: sent.lines + sent.samples,
      backlogBytes: backlog.bytes,
      backlogRecords: backlog.records,
    })),
  }
}
