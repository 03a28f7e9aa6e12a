import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DryEntry, DryLine, DryStep } from '@girok/query/process'
import type { ConfiguredInput } from '../config/load.ts'
import { ConfigProblem } from '../model/problem.ts'
import type { Glob } from '../tail/glob.ts'
import { type CommandContext, defineCommand, EXIT, UsageProblem } from './command.ts'
import { CONFIG_FLAGS, configurationOf } from './configuration.ts'

const FIRST = 20

export const dryRun = defineCommand({
  name: 'dry-run',
  summary: 'Show what each processor makes of the lines of a file. Sends nothing and remembers nothing.',
  words: 'FILE',
  flags: {
    ...CONFIG_FLAGS,
    input: {
      type: 'string',
      value: 'NAME',
      summary: 'the input whose processors run (default: the one that collects FILE)',
    },
    lines: { type: 'string', value: 'N', summary: `how many lines (default ${FIRST})` },
    json: { type: 'boolean', summary: 'as JSON, a line of the file each' },
  },
  examples: [
    ['girok-agent dry-run logs/api.log', 'by girok-agent.yaml, the input whose globs match'],
    ['girok-agent dry-run --input vllm --lines 100 sample.txt', 'another input, more lines'],
  ],
  async run(context) {
    const { flags, io, words } = context
    const [file] = words
    if (file === undefined || words.length > 1) throw new UsageProblem('name one file: girok-agent dry-run FILE')
    const path = resolve(io.cwd, file)
    const { inputs, settings } = await configurationOf(context)
    const input = inputFor(inputs, path, flags.input)
    const { dryRun: dryRunStages } = await import('../config/stage-compiler.ts')
    const { lines, rest } = dryRunStages(input.processors ?? [], firstLines(path, flags), {
      at: 'processors',
      labels: { ...settings.labels, ...Object.fromEntries(input.labels), filename: path },
    })
    if (flags.json === true) {
      for (const line of lines) io.stdout.write(`${JSON.stringify(line)}\n`)
      for (const entry of rest) io.stdout.write(`${JSON.stringify({ rest: entry })}\n`)
      return EXIT.ok
    }
    io.stdout.write(`processors of ${input.name}: ${input.stages.names.join(' → ') || 'none'}\n`)
    for (const line of lines) io.stdout.write(lineText(line))
    if (rest.length > 0) io.stdout.write(`\nat the end of the file\n${rest.map(resultText).join('')}`)
    return EXIT.ok
  },
})

function inputFor(inputs: readonly ConfiguredInput[], path: string, named: unknown): ConfiguredInput {
  if (typeof named === 'string') {
    const found = inputs.find(({ name }) => name === named)
    if (found !== undefined) return found
    throw new UsageProblem(`no input is named ${named}; there are ${inputs.map(({ name }) => name).join(', ')}`)
  }
  const found = inputs.find(({ options }) => {
    const { include } = options as { include?: readonly Glob[] }
    return include?.some((glob) => glob.matches(path))
  })
  if (found !== undefined) return found
  if (inputs.length === 1 && inputs[0] !== undefined) return inputs[0]
  const names = inputs.map(({ name }) => name).join(', ')
  throw new UsageProblem(`no input collects ${path}: choose one by --input NAME (${names})`)
}

function firstLines(path: string, flags: CommandContext['flags']): string[] {
  const count = flags.lines === undefined ? FIRST : Number(flags.lines)
  if (!Number.isSafeInteger(count) || count < 1)
    throw new UsageProblem(`--lines ${flags.lines}: give a whole number from 1`)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigProblem(`cannot read ${path}: ${(error as Error).message}`)
  }
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .slice(0, count)
}

function lineText({ number, line, steps, out }: DryLine): string {
  let text = `\n${String(number).padStart(4)}  ${line}\n`
  let before: DryEntry | undefined
  for (const step of steps) {
    text += `        ${step.stage.padEnd(14)}${stepText(step, before)}\n`
    before = step.entry ?? before
  }
  return text + out.map(resultText).join('')
}

function stepText({ outcome, reasons, entry }: DryStep, before: DryEntry | undefined): string {
  const why = reasons.length > 0 ? ` (${reasons.join(', ')})` : ''
  if (outcome === 'dropped') return `dropped${why}`
  if (outcome === 'held') return `waits for more lines${why}`
  if (entry === undefined) return `passed${why}`
  const changes = [
    ...changed('extracted', before?.extracted ?? {}, entry.extracted),
    ...changed('labels', before?.labels ?? entry.labels, entry.labels),
    ...changed('metadata', before?.metadata ?? {}, entry.metadata),
    ...(before !== undefined && before.line !== entry.line ? [`line ${entry.line}`] : []),
    ...(before !== undefined && before.timeNs !== entry.timeNs ? [`time ${timeText(entry.timeNs)}`] : []),
    ...(before?.tenant !== entry.tenant && entry.tenant !== undefined ? [`tenant ${entry.tenant}`] : []),
  ]
  return `${changes.length > 0 ? changes.join('; ') : 'passed'}${why}`
}

function changed(
  what: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  const set = Object.entries(after)
    .filter(([name, value]) => before[name] !== value)
    .map(([name, value]) => `${name}=${value}`)
  const gone = Object.keys(before)
    .filter((name) => !Object.hasOwn(after, name))
    .map((name) => `without ${name}`)
  return set.length + gone.length > 0 ? [`${what} ${[...set, ...gone].join(' ')}`] : []
}

function resultText({ timeNs, labels, line, metadata }: DryEntry): string {
  const pairs = (values: Readonly<Record<string, string>>) =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(', ')
  const more = Object.keys(metadata).length > 0 ? ` [${pairs(metadata)}]` : ''
  return `      → ${timeText(timeNs)} {${pairs(labels)}}${more} ${line}\n`
}

function timeText(timeNs: string): string {
  return new Date(Number(BigInt(timeNs) / 1_000_000n)).toISOString()
}
