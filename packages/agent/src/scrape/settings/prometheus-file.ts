import { dirname, isAbsolute, join } from 'node:path'
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { ConfigProblem } from '../../model/problem.ts'
import { type AlertSettings, type CheckRequests, readAlerting } from './alerting.ts'
import { Fields } from './fields.ts'
import { DEFAULT_GLOBAL, type GlobalSettings, readGlobal, readJob, type ScrapeJob } from './job.ts'

/** What is read of a configuration of Prometheus: its jobs. */
export interface ScrapeSettings {
  readonly jobs: readonly ScrapeJob[]
  /** Things that the configuration says and that change nothing here, in words for users. */
  readonly notes: readonly string[]
}

/** One file of a configuration; other files may hold more jobs. */
export interface PrometheusConfig extends ScrapeSettings {
  /** Patterns of `scrape_config_files`, as absolute paths. */
  readonly moreFiles: readonly string[]
  readonly global: GlobalSettings
  /** Undefined when nobody here sends alerts. */
  readonly alerts: AlertSettings | undefined
}

export interface PrometheusConfigOptions {
  /** Path of the file: for messages, and what relative paths in it start from. */
  readonly at: string
  /** For `${NAME}` in external labels. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /**
   * Given by a program that evaluates rules and sends alerts by this file. It takes the place of a whole Prometheus then:
   * external labels go to its alerts, and not to what it scrapes.
   */
  readonly checkRequests?: CheckRequests | undefined
}

/** Parts of Prometheus that only a program with rules has. */
const OF_RULES = ['rule_files', 'alerting']
/** Other parts of Prometheus, which are not here. */
const ELSEWHERE = ['remote_write', 'remote_read', 'storage', 'tracing', 'runtime', 'otlp']

const FILE_PATTERN = /^[^*]*(?:\*[^/]*)?$/

/**
 * Reads a `prometheus.yml`, without touching any other file: see `loadPrometheusConfig` for that.
 * @throws ConfigProblem with file, line and remedy
 */
export function readPrometheusConfig(
  yamlText: string,
  { at, env = {}, checkRequests }: PrometheusConfigOptions,
): PrometheusConfig {
  return placed(yamlText, at, (value) => {
    const notes: string[] = []
    const base = dirname(at)
    const fields = new Fields(value, [])
    const { evaluationIntervalMs, queryOffsetMs, ...read } = readGlobal(
      fields.child('global'),
      notes,
      checkRequests !== undefined,
    )
    const externalLabels = expanded(read.external, env)
    const global = { ...read, external: checkRequests === undefined ? externalLabels : new Map() }
    const jobs = readJobs(fields, global, base, notes)
    const moreFiles = readPaths(fields, 'scrape_config_files', base)
    const alerts = checkRequests && {
      ruleFiles: readPaths(fields, 'rule_files', base),
      evaluationIntervalMs,
      queryOffsetMs,
      externalLabels,
      ...readAlerting(fields.child('alerting'), base, checkRequests),
    }
    for (const key of alerts === undefined ? [...OF_RULES, ...ELSEWHERE] : ELSEWHERE) {
      if (fields.has(key)) notes.push(`${key}: not scraped with; ignored here`)
    }
    fields.end()
    return { jobs, notes, moreFiles, global, alerts }
  })
}

/** Reads one of the files that `scrape_config_files` names: nothing but `scrape_configs`. */
export function readScrapeConfigFile(yamlText: string, at: string, global: GlobalSettings): ScrapeSettings {
  return placed(yamlText, at, (value) => {
    const notes: string[] = []
    const fields = new Fields(value, [])
    const jobs = readJobs(fields, global, dirname(at), notes)
    fields.end()
    return { jobs, notes }
  })
}

/**
 * Reads jobs that stand in another configuration, in the form of `scrape_configs`.
 * @param base folder that relative paths start from
 * @throws ConfigProblem
 */
export function readScrapeConfigs(
  scrapeConfigs: unknown,
  base: string,
  given: Partial<Pick<GlobalSettings, 'intervalMs' | 'timeoutMs'>> = {},
): ScrapeSettings {
  const notes: string[] = []
  const fields = new Fields({ scrape_configs: scrapeConfigs }, [])
  return { jobs: readJobs(fields, { ...DEFAULT_GLOBAL, ...given }, base, notes), notes }
}

/** @throws ConfigProblem when two jobs have one name */
export function refuseTwins(jobs: readonly ScrapeJob[], keys: readonly (string | number)[] = []): void {
  const names = new Set<string>()
  for (const [index, { name }] of jobs.entries()) {
    if (names.has(name)) {
      throw new ConfigProblem(`there are two jobs named ${JSON.stringify(name)}; rename one`, [
        ...keys,
        index,
        'job_name',
      ])
    }
    names.add(name)
  }
}

/** Patterns of files, as absolute paths. */
function readPaths(fields: Fields, key: string, base: string): string[] {
  const paths = fields.texts(key)
  const wrong = paths.find((path) => !FILE_PATTERN.test(path))
  if (wrong !== undefined) fields.fail(key, `${JSON.stringify(wrong)}: * may stand only in the last part of a path`)
  return paths.map((path) => (isAbsolute(path) ? path : join(base, path)))
}

function readJobs(fields: Fields, global: GlobalSettings, base: string, notes: string[]): ScrapeJob[] {
  const jobs = fields.items('scrape_configs').map((job) => readJob(job, global, base, notes))
  refuseTwins(jobs, ['scrape_configs'])
  return jobs
}

/** Reads a document, and tells of every mistake the line where it stands. */
function placed<Read>(yamlText: string, at: string, read: (value: unknown) => Read): Read {
  const lines = new LineCounter()
  const document = parseDocument(yamlText, { lineCounter: lines, merge: true, prettyErrors: false })
  // Of several documents the first one counts, as in Prometheus.
  const broken = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS')
  if (broken !== undefined) {
    throw new ConfigProblem(`${at}, line ${lines.linePos(broken.pos[0]).line}: not YAML: ${broken.message}`)
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    // Aliases without an anchor, or so many that the document would grow beyond all bounds.
    throw new ConfigProblem(`${at}: not YAML: ${(error as Error).message}`)
  }
  try {
    return read(value)
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error
    const { keys = [] } = error
    const offset = offsetOf(document, keys)
    if (offset !== undefined) throw new ConfigProblem(`${at}, line ${lines.linePos(offset).line}: ${error.message}`)
    throw new ConfigProblem(`${at}: ${error.message}`)
  }
}

/** Where the nearest thing on the way to these keys begins. */
function offsetOf(document: Document, keys: readonly (string | number)[]): number | undefined {
  for (let length = keys.length; length > 0; length--) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(keys.slice(0, length - 1), true)
    const key = keys[length - 1]
    const node = isMap(parent)
      ? parent.items.find(({ key: name }) => isScalar(name) && String(name.value) === key)?.key
      : isSeq(parent) && parent.items[key as number]
    if (isNode(node) && node.range) return node.range[0]
  }
  return undefined
}

function expanded(
  labels: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
  const fill = (text: string) =>
    text.replace(/\$(?:\{([^}]*)\}|([$*#@!?0-9-]|\w+))/g, (_, braced?: string, plain?: string) => {
      const name = braced ?? plain ?? ''
      return name === '$' ? '$' : (env[name] ?? '')
    })
  return new Map([...labels].map(([name, text]) => [name, fill(text)]))
}
