import type { MetricDescription, MetricType, Sample } from '../model/sink.ts'
import type { AgentStatus } from './status.ts'

const DESCRIPTIONS: readonly (readonly [metric: string, type: MetricType, help: string])[] = [
  ['girok_agent_lines_total', 'counter', 'Lines and samples read, by input.'],
  ['girok_agent_dropped_lines_total', 'counter', 'Lines that processors took out, by input, stage and reason.'],
  ['girok_agent_stage_faults_total', 'counter', 'Lines on which a stage could not do its work, by the reason.'],
  ['girok_agent_sources', 'gauge', 'Files, journals, targets by input and state.'],
  ['girok_agent_lag_bytes', 'gauge', 'Bytes that stand in files and are not read yet, by input.'],
  ['girok_agent_spool_bytes', 'gauge', 'Bytes of the spool on the disk.'],
  ['girok_agent_spool_max_bytes', 'gauge', 'Bound of the spool.'],
  ['girok_agent_spool_evicted_total', 'counter', 'Lines and samples given up undelivered, by reason.'],
  ['girok_agent_spool_corrupt_records_total', 'counter', 'Records of the spool that could not be verified.'],
  ['girok_agent_sent_total', 'counter', 'Lines and samples delivered, by destination.'],
  ['girok_agent_sent_bytes_total', 'counter', 'Bytes of bodies delivered, by destination.'],
  ['girok_agent_rejected_total', 'counter', 'Lines and samples that a destination will never take.'],
  ['girok_agent_retries_total', 'counter', 'Requests that were sent again, by destination.'],
  ['girok_agent_backlog_bytes', 'gauge', 'Bytes of the spool that wait for a destination.'],
  ['girok_agent_resident_memory_bytes', 'gauge', 'Memory of the process.'],
  ['girok_agent_cpu_seconds_total', 'counter', 'CPU time of the process.'],
  ['girok_agent_start_time_seconds', 'gauge', 'When the agent was started, in seconds since the epoch.'],
]

/** What the agent's own metrics are. */
export const OWN_METRICS: readonly MetricDescription[] = DESCRIPTIONS.map(([metric, type, help]) => ({
  metric,
  type,
  help,
  unit: '',
}))

/** The agent's own metrics at one moment. */
export function ownSamples(status: AgentStatus, timeMs: number): Sample[] {
  const samples: Sample[] = []
  const put = (name: string, value: number, labels: Readonly<Record<string, string>> = {}) => {
    samples.push({ labels: new Map([['__name__', `girok_agent_${name}`], ...Object.entries(labels)]), value, timeMs })
  }
  for (const { name, sources } of status.inputs) {
    put('lines_total', sum(sources.map(({ count }) => count)), { input: name })
    put('lag_bytes', sum(sources.map(({ lagBytes }) => lagBytes ?? 0)), { input: name })
    for (const state of ['active', 'idle', 'waiting', 'failing'] as const) {
      put('sources', sources.filter((source) => source.state === state).length, { input: name, state })
    }
  }
  for (const { input, stage, reason, count } of status.dropped)
    put('dropped_lines_total', count, { input, stage, reason })
  for (const { input, stage, reason, count } of status.faults)
    put('stage_faults_total', count, { input, stage, reason })
  const { spool } = status
  put('spool_bytes', spool.bytes)
  put('spool_max_bytes', spool.maxBytes)
  for (const [reason, count] of Object.entries(spool.evicted)) put('spool_evicted_total', count, { reason })
  put('spool_corrupt_records_total', spool.corrupt.records)
  for (const destination of status.destinations) {
    const labels = { destination: destination.name }
    put('sent_total', destination.sent.lines + destination.sent.samples, labels)
    put('sent_bytes_total', destination.sent.bytes, labels)
    put('rejected_total', destination.rejected, labels)
    put('retries_total', destination.retries, labels)
    put('backlog_bytes', destination.backlog.bytes, labels)
  }
  put('resident_memory_bytes', status.memoryBytes)
  put('cpu_seconds_total', status.cpuSeconds)
  put('start_time_seconds', status.startedMs / 1_000)
  return samples
}

function sum(numbers: readonly number[]): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
