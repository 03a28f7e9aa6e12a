import { ConfigProblem } from '../model/problem.ts'
import { compileRelabel, type Relabel } from '../scrape/relabel.ts'
import type { Fields } from '../scrape/settings/fields.ts'
import { defined } from './clients.ts'
import type { Notes } from './notes.ts'
import { OTHER_DISCOVERY, REFUSED_SOURCES } from './refusals.ts'
import { readStages } from './stages.ts'
import { type FileTarget, readTargets } from './targets.ts'

export interface ScrapeContext {
  /** What relative paths start from. */
  readonly folder: string
  /** Stages that limits put in front of each pipeline. */
  readonly limits: readonly unknown[]
  readonly notes: Notes
}

/** Reads one of `scrape_configs`: an input for each target, or one for the journal. */
export function readScrapeConfig(config: Fields, context: ScrapeContext): readonly Record<string, unknown>[] {
  const job = config.text('job_name') ?? config.fail('job_name', 'is missing: give a name')
  refuseOthers(config)
  const processors = [...context.limits, ...readStages(config)]
  const inputs: Record<string, unknown>[] = []
  if (config.has('journal')) inputs.push(readJournal(config, job, processors))
  const encoding = config.text('encoding')
  if (config.has('decompression')) readDecompression(config.child('decompression'), context.notes)
  const isJournal = config.has('journal')
  // Rules of a journal look at its fields, which only its lines have.
  const relabel = isJournal ? NO_RULES : readRelabel(config)
  const targets = readTargets(config, context.folder, relabel, context.notes)
  for (const [index, target] of targets.entries()) {
    const name = targets.length === 1 && inputs.length === 0 ? job : `${job}[${index}]`
    inputs.push(fileInput(name, target, encoding, processors))
  }
  if (inputs.length === 0 && !config.has('static_configs') && !config.has('file_sd_configs')) {
    config.fail(undefined, 'says not what to read: give static_configs, file_sd_configs or journal')
  }
  config.end()
  return inputs
}

const NO_RULES: Relabel = (labels) => new Map(labels)

function readRelabel(config: Fields): Relabel {
  try {
    return compileRelabel(config.get('relabel_configs'), config.pathOf('relabel_configs'))
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error
    throw new ConfigProblem(error.message, [...config.keys, 'relabel_configs', ...(error.keys ?? [])])
  }
}

function refuseOthers(config: Fields): void {
  for (const key of config.names()) {
    const why =
      REFUSED_SOURCES.get(key) ?? (/_sd_configs?$/.test(key) && key !== 'file_sd_configs' ? OTHER_DISCOVERY : undefined)
    if (why !== undefined) config.fail(key, why)
  }
}

function fileInput(
  name: string,
  { path, exclude, labels }: FileTarget,
  encoding: string | undefined,
  processors: readonly unknown[],
): Record<string, unknown> {
  return defined({
    type: 'file',
    name,
    include: [path],
    exclude: exclude === undefined || exclude === '' ? undefined : [exclude],
    labels,
    startAt: 'beginning',
    encoding: encoding?.toLowerCase(),
    processors: processors.length === 0 ? undefined : processors,
  })
}

function readDecompression(fields: Fields, notes: Notes): void {
  const enabled = fields.switch('enabled', false)
  const format = fields.text('format') ?? 'gz'
  notes.ignore(fields, ['initial_delay'], 'compressed files are read when they stand still')
  if (enabled && format !== 'gz' && format !== 'gzip') fields.fail('format', `${format} is not read: gz only`)
  fields.end()
}

function readJournal(config: Fields, job: string, processors: readonly unknown[]): Record<string, unknown> {
  const fields = config.child('journal')
  const labels = Object.fromEntries(fields.labels('labels'))
  const maxAge = fields.duration('max_age')
  const matches = (fields.text('matches') ?? '').split(/\s+/).filter((match) => match !== '')
  readRelabel(config)
  const input = defined({
    type: 'journald',
    name: job,
    labels,
    job: labels.job ?? job,
    json: fields.switch('json', false) || undefined,
    maxAge: maxAge === undefined ? undefined : `${maxAge}ms`,
    directory: fields.text('path'),
    matches: matches.length === 0 ? undefined : matches,
    // Fields of the journal become labels by rules only.
    relabel: config.list('relabel_configs'),
    processors: processors.length === 0 ? undefined : processors,
  })
  fields.end()
  return input
}
