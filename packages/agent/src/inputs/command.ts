import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { defineInput, type Input, type InputContext } from '../model/input.ts'
import { ConfigProblem } from '../model/problem.ts'
import { family } from '../model/readings.ts'
import { bytes, duration } from '../model/units.ts'
import { ExposedRounds, writeExposed } from './measuring/exposed.ts'
import { Health } from './measuring/health.ts'
import { readingsOf, writeRound } from './measuring/measured.ts'
import { Rounds } from './measuring/rounds.ts'
import { PipeLines } from './pipes/pipe-lines.ts'
import { Beginning, type Outcome, type Program, runProgram } from './pipes/program.ts'

const EXIT_CODE = family(
  'gauge',
  'girok_command_exit_code',
  'Exit code of the last run; -1: it did not end by itself.',
  ['command'],
)
const DURATION = family('gauge', 'girok_command_duration_seconds', 'Seconds of the last run.', ['command'])
const RUNS = family('counter', 'girok_command_runs_total', 'Runs that ended since the agent was started.', ['command'])

/** A program that is kept running is started again after 1 s, later after at most this. */
const LONGEST_PAUSE_MS = 60_000

const options = v.strictObject({
  /** A text is given to the shell (/bin/sh -c); a list is a program and its arguments. */
  command: v.union([v.pipe(v.string(), v.nonEmpty()), v.pipe(v.array(v.string()), v.minLength(1))]),
  /** `interval`: run again and again; `stream`: kept running, started again when it ends. */
  mode: v.optional(v.picklist(['interval', 'stream']), 'interval'),
  interval: duration('60s', 1000),
  /** Of one run in mode `interval`. */
  timeout: duration('30s', 100),
  /** `lines`: stdout are log lines; `prometheus`, `openmetrics`: stdout is an exposition of metrics. */
  format: v.optional(v.picklist(['lines', 'prometheus', 'openmetrics']), 'lines'),
  /** Of metrics that one run may write. */
  maxOutput: bytes('4MiB', 1024),
  env: v.optional(v.record(v.string(), v.string())),
  cwd: v.optional(v.string()),
  job: v.optional(v.string(), 'command'),
})

type Options = v.InferOutput<typeof options>

export const command = defineInput<Options>({
  name: 'command',
  summary: 'Output of a program, as log lines or as metrics; its exit code and duration',
  options,
  pathOptions: ['cwd'],
  example: `
command: df -h | tail -n +2
interval: 5m
`,
  open: (given, context) => openCommand(given, context),
})

function openCommand(given: Options, context: InputContext): Input {
  if (given.mode === 'stream' && given.format !== 'lines') {
    throw new ConfigProblem('mode stream goes with format lines: an exposition has to end', ['format'])
  }
  const { command: written, env, cwd, job, mode, format, timeout } = given
  const [file = '', ...args] = typeof written === 'string' ? ['/bin/sh', '-c', written] : written
  const program: Program = { command: file, args, env, cwd }
  const health = new Health(context.name, context)
  const readings = readingsOf(context, job)
  const labelsOf = (stream: string) => new Map([['job', job], ['stream', stream], ...context.labels])
  const stderr = new PipeLines(context, health, 'stderr', labelsOf('stderr'))
  const stdout = new PipeLines(context, health, 'stdout', labelsOf('stdout'))
  const exposed = new ExposedRounds(new Map([['job', job], ['instance', hostname()], ...context.labels]))
  let runs = 0

  function measure({ exitCode, durationMs }: Outcome): void {
    readings.set(EXIT_CODE, exitCode ?? -1, [context.name])
    readings.set(DURATION, durationMs / 1000, [context.name])
    readings.set(RUNS, ++runs, [context.name])
    writeRound(context, readings, context.now())
  }

  /** What is wrong with the run, if anything is. */
  function tell({ exitCode, fault, missing }: Outcome, unread?: string): void {
    if (fault !== undefined && missing) health.waits(fault)
    else if (fault !== undefined) health.fails(fault)
    else if (exitCode !== 0) health.fails(`ended with exit code ${exitCode}`)
    else if (unread !== undefined) health.fails(unread)
    else health.works()
  }

  async function runForLines(signal: AbortSignal, timeoutMs?: number): Promise<Outcome> {
    const outcome = await runProgram(program, timeoutMs, signal, {
      stdout: (chunk) => {
        if (mode === 'stream') health.works()
        return stdout.push(chunk)
      },
      stderr: (chunk) => stderr.push(chunk),
    })
    stdout.end()
    stderr.end()
    return outcome
  }

  async function runForSamples(signal: AbortSignal): Promise<void> {
    const timeMs = context.now()
    const output = new Beginning(given.maxOutput)
    const outcome = await runProgram(program, timeout, signal, {
      stdout: output.add,
      stderr: (chunk) => stderr.push(chunk),
    })
    stderr.end()
    if (signal.aborted) return
    measure(outcome)
    const whole = outcome.fault === undefined && !output.cut
    const unread = output.cut ? `wrote more than maxOutput, ${given.maxOutput} bytes` : undefined
    const fault = await writeSamples(whole ? output.bytes() : Buffer.alloc(0), timeMs)
    tell(outcome, unread ?? fault)
  }

  async function writeSamples(output: Buffer, timeMs: number): Promise<string | undefined> {
    const { parseExposition } = await import('../scrape/exposition/parse.ts')
    const { ExpositionError } = await import('../scrape/exposition/error.ts')
    let fault: string | undefined
    let found: ReturnType<typeof parseExposition> = { samples: [], descriptions: [] }
    try {
      if (output.length > 0) found = parseExposition(output, format === 'openmetrics' ? 'openmetrics' : 'text', timeMs)
    } catch (error) {
      if (!(error instanceof ExpositionError)) throw error
      fault = `its output is no exposition of metrics: ${error.message}`
    }
    health.add(found.samples.length)
    writeExposed(context, exposed, found, timeMs)
    return fault
  }

  async function keepRunning(signal: AbortSignal): Promise<void> {
    let pauseMs = 1000
    while (!signal.aborted) {
      const outcome = await runForLines(signal)
      if (signal.aborted) return
      measure(outcome)
      if (outcome.fault === undefined && outcome.exitCode === 0) health.waits('ended; it is started again')
      else tell(outcome)
      if (outcome.durationMs > LONGEST_PAUSE_MS) pauseMs = 1000
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
    }
  }

  async function runOnce(signal: AbortSignal): Promise<void> {
    if (format !== 'lines') return runForSamples(signal)
    const outcome = await runForLines(signal, timeout)
    if (signal.aborted) return
    measure(outcome)
    tell(outcome)
  }

  const rounds = new Rounds(given.interval, mode === 'stream' ? keepRunning : runOnce)
  return { start: () => rounds.start(), stop: () => rounds.stop(), status: () => [health.status()] }
}
