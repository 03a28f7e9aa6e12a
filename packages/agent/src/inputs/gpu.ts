import * as v from 'valibot'
import { defineInput, type Input, type InputContext } from '../model/input.ts'
import { type Family, family, type Readings } from '../model/readings.ts'
import type { Labels, Source, SourceLine } from '../model/source.ts'
import { duration } from '../model/units.ts'
import { Health } from './measuring/health.ts'
import { readingsOf, writeRound } from './measuring/measured.ts'
import { Rounds } from './measuring/rounds.ts'
import { Beginning, runProgram } from './pipes/program.ts'

const LABELS = ['gpu_id', 'gpu_uuid', 'gpu_name']
const gauge = (name: string, help: string) => family('gauge', `gpu_${name}`, help, LABELS)

const MIB = 2 ** 20
const USED = gauge('memory_used_bytes', 'Memory of the card that is taken.')
const TOTAL = gauge('memory_total_bytes', 'Memory of the card.')
const USED_PERCENT = gauge('memory_used_percent', 'Part of the memory that is taken, 0 to 100.')
const UTILIZATION = gauge('utilization_percent', 'Part of the time in which something ran on the card, 0 to 100.')
const TEMPERATURE = gauge('temperature_celsius', 'Temperature of the chip.')
const POWER = gauge('power_watts', 'Power that the card draws.')

/** What is asked of nvidia-smi, in this order; then the name, which may have commas in it. */
const COLUMNS: readonly (readonly [query: string, family: Family, factor: number])[] = [
  ['memory.used', USED, MIB],
  ['memory.total', TOTAL, MIB],
  ['utilization.gpu', UTILIZATION, 1],
  ['temperature.gpu', TEMPERATURE, 1],
  ['power.draw', POWER, 1],
  ['power.limit', gauge('power_limit_watts', 'Power that the card may draw.'), 1],
  ['fan.speed', gauge('fan_speed_percent', 'Speed the fan is meant to have, 0 to 100.'), 1],
  ['clocks.sm', gauge('clock_sm_hertz', 'Clock of the processors.'), 1e6],
  ['clocks.mem', gauge('clock_memory_hertz', 'Clock of the memory.'), 1e6],
  [
    'utilization.memory',
    gauge('memory_utilization_percent', 'Part of the time in which memory was read or written.'),
    1,
  ],
]
const QUERY = ['index', 'uuid', ...COLUMNS.map(([query]) => query), 'name'].join(',')

/** nvidia-smi writes some hundred bytes per card. */
const MAX_ANSWER_BYTES = 1024 * 1024

const options = v.strictObject({
  interval: duration('10s', 1000),
  /** The program, and arguments before those of the agent. */
  command: v.optional(v.union([v.string(), v.pipe(v.array(v.string()), v.minLength(1))]), 'nvidia-smi'),
  timeout: duration('5s', 100),
  /** Also a log line per card and reading, in the form of the SDK's GPUMonitor. */
  lines: v.optional(v.boolean(), false),
})

type Options = v.InferOutput<typeof options>

/** One card; what it does not tell is undefined. */
interface Card {
  readonly id: number
  readonly labelValues: readonly [id: string, uuid: string, name: string]
  /** By column, as nvidia-smi has them: memory in MiB, clocks in MHz. */
  readonly values: readonly (number | undefined)[]
}

export const gpu = defineInput<Options>({
  name: 'gpu',
  summary: 'Memory, load, temperature and power of GPUs, asked of nvidia-smi',
  options,
  example: `
interval: 10s
lines: true
`,
  open: (given, context) => openGpu(given, context),
})

function openGpu(given: Options, context: InputContext): Input {
  const health = new Health('gpu', context)
  const readings = readingsOf(context, 'gpu')
  const lines = cardLines(context)
  const rounds = new Rounds(given.interval, async (signal) => {
    const timeMs = context.now()
    const answer = await ask(given, signal)
    if (signal.aborted) return
    if ('fault' in answer) {
      if (answer.missing) health.waits(answer.fault)
      else health.fails(answer.fault)
      // No card: their series end.
      writeRound(context, readings, timeMs)
      return
    }
    for (const card of answer.cards) measure(readings, card)
    health.add(writeRound(context, readings, timeMs))
    if (given.lines) lines.write(answer.cards, timeMs)
    if (answer.unread === undefined) health.works()
    else health.fails(answer.unread)
  })
  return { start: () => rounds.start(), stop: () => rounds.stop(), status: () => [health.status()] }
}

type Answer =
  | { readonly fault: string; readonly missing: boolean }
  | { readonly cards: readonly Card[]; readonly unread: string | undefined }

async function ask({ command: given, timeout }: Options, signal: AbortSignal): Promise<Answer> {
  const [command = '', ...before] = typeof given === 'string' ? [given] : given
  const args = [...before, `--query-gpu=${QUERY}`, '--format=csv,noheader,nounits']
  const stdout = new Beginning(MAX_ANSWER_BYTES)
  const stderr = new Beginning(1024)
  const { exitCode, fault, missing } = await runProgram({ command, args }, timeout, signal, {
    stdout: stdout.add,
    stderr: stderr.add,
  })
  if (fault !== undefined) return { fault, missing }
  if (exitCode !== 0) {
    const said = stderr.words() || stdout.words()
    return { fault: `${command} failed with exit code ${exitCode}${said === '' ? '' : `: ${said}`}`, missing: false }
  }
  const cards: Card[] = []
  let unread: string | undefined
  for (const line of stdout.bytes().toString('utf8').split('\n')) {
    if (line.trim() === '') continue
    const card = cardOf(line)
    if (card !== undefined) cards.push(card)
    else unread ??= `${command} answered what cannot be read: ${JSON.stringify(line.trim().slice(0, 200))}`
  }
  if (cards.length === 0) return { fault: unread ?? `${command} found no GPU`, missing: unread === undefined }
  return { cards, unread }
}

function cardOf(line: string): Card | undefined {
  const cells = line.split(',').map((cell) => cell.trim())
  const [index = '', uuid = '', ...rest] = cells
  if (!/^\d+$/.test(index) || rest.length < COLUMNS.length + 1) return undefined
  const name = rest.slice(COLUMNS.length).join(', ')
  return {
    id: Number(index),
    labelValues: [index, uuid.startsWith('[') ? '' : uuid, name],
    values: COLUMNS.map((_, i) => numberOf(rest[i])),
  }
}

/** Cards answer `[N/A]`, `[Not Supported]`, `[Unknown Error]` or `ERR!` for what they do not know. */
function numberOf(cell: string | undefined): number | undefined {
  return cell !== undefined && /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : undefined
}

/** To one decimal, as nvidia-smi gives percentages. */
function percentOf(used: number | undefined, total: number | undefined): number | undefined {
  if (used === undefined || total === undefined || total <= 0) return undefined
  return Math.round((used / total) * 1000) / 10
}

function measure(readings: Readings, { labelValues, values }: Card): void {
  for (const [i, [, of, factor]] of COLUMNS.entries()) {
    const value = values[i]
    readings.set(of, value === undefined ? undefined : value * factor, labelValues)
  }
  readings.set(USED_PERCENT, percentOf(values[0], values[1]), labelValues)
}

/** Lines as the SDK's GPUMonitor writes them, so that queries and alerts over `{job="system"} | json` find them alike. */
function cardLines(context: InputContext) {
  const source: Source = { key: `${context.name}:gpu`, input: context.name, labels: labelsOf() }
  const byCard = new Map<number, Labels>()
  function labelsOf(id?: number): Labels {
    const card: [string, string][] = id === undefined ? [] : [['gpu_id', String(id)]]
    return new Map([['job', 'system'], ['level', 'INFO'], ...card, ...context.labels])
  }
  return {
    write(cards: readonly Card[], timeMs: number): void {
      const timestamp = `${new Date(timeMs).toISOString().slice(0, 19)}Z`
      const lines = cards.map(({ id, labelValues, values }): SourceLine => {
        let labels = byCard.get(id)
        if (labels === undefined) {
          labels = labelsOf(id)
          byCard.set(id, labels)
        }
        const [used, total, utilization, temperature, power] = values
        const text = JSON.stringify({
          timestamp,
          level: 'INFO',
          logger: 'system.gpu_monitor',
          message: 'gpu_metrics',
          gpu_id: id,
          gpu_memory_used: used,
          gpu_memory_total: total,
          gpu_memory_percent: percentOf(used, total),
          gpu_utilization: utilization,
          temperature,
          power_watts: power,
          gpu_name: labelValues[2],
        })
        return { text, labels, timeNs: BigInt(timeMs) * 1_000_000n }
      })
      context.lines.write(source, lines, undefined)
    },
  }
}
