import { formatBytes } from '@girok/query/settings'
import type { SourceStatus } from '../model/input.ts'
import type { AgentStatus } from './status.ts'

/** Sources of an input that are shown unless all are asked for. */
const FIRST = 20

/** A status as people read it. */
export function statusText(status: AgentStatus, all: boolean, nowMs = Date.now()): string {
  const lines = [
    `girok-agent ${status.version}, process ${status.pid}, up ${span(nowMs - status.startedMs)}, ` +
      `${size(status.memoryBytes)}, ${status.cpuSeconds.toFixed(1)} CPU seconds`,
    `configuration ${status.configuration.file}, in force since ${span(nowMs - status.configuration.loadedMs)}`,
  ]
  const { error } = status.configuration
  if (error !== undefined) lines.push(`  ! the file as it is now is not in force: ${error}`)
  for (const { name, type, sources } of status.inputs) {
    lines.push('', `${name}${name === type ? '' : ` (${type})`}`)
    if (sources.length === 0) lines.push('  nothing found yet')
    lines.push(...table((all ? sources : sources.slice(0, FIRST)).map((source) => sourceCells(source, nowMs))))
    if (!all && sources.length > FIRST) lines.push(`  … and ${sources.length - FIRST} more: --all shows them`)
  }
  for (const { input, stage, reason, count } of status.dropped) {
    lines.push(`  ${input}: ${count} lines taken out by ${stage} (${reason})`)
  }
  for (const { input, stage, reason, count } of status.faults) {
    lines.push(`  ${input}: ${stage} failed on ${count} lines (${reason})`)
  }
  const { spool } = status
  lines.push('', `spool: ${size(spool.bytes)} of ${size(spool.maxBytes)}`)
  const evicted = spool.evicted.full + spool.evicted.age
  if (evicted > 0)
    lines.push(`  ! ${evicted} lines and samples given up (${spool.evicted.full} full, ${spool.evicted.age} too old)`)
  if (spool.corrupt.records > 0)
    lines.push(`  ! ${spool.corrupt.records} records could not be verified (${spool.corrupt.count} lines)`)
  if (spool.error !== undefined) lines.push(`  ! ${spool.error}`)
  lines.push('', 'destinations')
  for (const destination of status.destinations) {
    const { name, url, sent, rejected, backlog, lastOkMs, lastError } = destination
    const waiting =
      backlog.records === 0 ? 'nothing waits' : `${size(backlog.bytes)} in ${backlog.records} records wait`
    const last = lastOkMs === undefined ? 'never reached' : `last reached ${span(nowMs - lastOkMs)} ago`
    lines.push(`  ${name}  ${url}  ${sent.lines + sent.samples} sent, ${rejected} rejected, ${waiting}, ${last}`)
    if (lastError !== undefined) lines.push(`    ! ${lastError}`)
  }
  return `${lines.join('\n')}\n`
}

function sourceCells({ name, state, count, lagBytes, lastMs, error, writer }: SourceStatus, nowMs: number): string[] {
  return [
    name,
    state,
    `${count}`,
    lagBytes === undefined || lagBytes === 0 ? '' : `${size(lagBytes)} behind`,
    lastMs === undefined ? 'never' : `${span(nowMs - lastMs)} ago`,
    writer ?? '',
    error === undefined ? '' : `! ${error}`,
  ]
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd())
}

function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`
}

function size(bytes: number): string {
  if (bytes < 1024) return formatBytes(bytes)
  const unit = bytes < 2 ** 20 ? 10 : bytes < 2 ** 30 ? 20 : 30
  return `${(bytes / 2 ** unit).toFixed(bytes / 2 ** unit < 10 ? 1 : 0)} ${{ 10: 'KiB', 20: 'MiB', 30: 'GiB' }[unit]}`
}
