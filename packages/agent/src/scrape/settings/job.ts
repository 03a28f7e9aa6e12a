import { formatDuration } from '@girok/query/settings'
import type { Labels } from '../../model/source.ts'
import { DEFAULT_PROTOCOLS, type ExpositionFormat, SCRAPE_PROTOCOLS } from '../exposition/format.ts'
import type { Relabel } from '../relabel.ts'
import { type DiscoverySettings, readDiscovery } from './discovery.ts'
import type { Fields } from './fields.ts'
import { type HttpSettings, readHttp } from './http.ts'

/** What a scrape may bring; 0: no limit. A scrape above a limit fails as a whole, as Prometheus has it. */
export interface ScrapeLimits {
  readonly bodyBytes: number
  readonly samples: number
  readonly labels: number
  readonly labelNameBytes: number
  readonly labelValueBytes: number
}

/** One entry of `scrape_configs`. */
export interface ScrapeJob {
  readonly name: string
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly scheme: string
  readonly metricsPath: string
  readonly params: ReadonlyMap<string, readonly string[]>
  readonly honorLabels: boolean
  readonly honorTimestamps: boolean
  /** Series with timestamps of their own end when they disappear, too. */
  readonly staleWithTimestamps: boolean
  readonly protocols: readonly string[]
  readonly fallback: ExpositionFormat | undefined
  readonly compression: boolean
  readonly http: HttpSettings
  readonly limits: ScrapeLimits
  /** Most targets; 0: no limit. */
  readonly targetLimit: number
  /** How many dropped targets are remembered; 0: all. */
  readonly keptDropped: number
  readonly relabel: Relabel
  readonly relabelMetrics: Relabel
  readonly external: Labels
  readonly discovery: DiscoverySettings
  /** Equal for jobs that are configured alike. */
  readonly fingerprint: string
}

/** What `global` says to all jobs. */
export interface GlobalSettings {
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly protocols: readonly string[]
  readonly limits: ScrapeLimits
  readonly targetLimit: number
  readonly keptDropped: number
  readonly external: Labels
}

/** Keys that mean something to Prometheus only, and change nothing here. */
const WITHOUT_EFFECT = [
  'scrape_native_histograms',
  'native_histogram_bucket_limit',
  'native_histogram_min_bucket_factor',
  'always_scrape_classic_histograms',
  'scrape_classic_histograms',
  'convert_classic_histograms_to_nhcb',
  'metric_name_validation_scheme',
  'metric_name_escaping_scheme',
  'scrape_failure_log_file',
  'extra_scrape_metrics',
] as const

/** Keys of `global` that are for rules. */
const OF_RULES = ['evaluation_interval', 'rule_query_offset'] as const

export const DEFAULT_GLOBAL: GlobalSettings = {
  intervalMs: 60_000,
  timeoutMs: 10_000,
  protocols: DEFAULT_PROTOCOLS,
  limits: { bodyBytes: 0, samples: 0, labels: 0, labelNameBytes: 0, labelValueBytes: 0 },
  targetLimit: 0,
  keptDropped: 0,
  external: new Map(),
}

/** What `global` says to rules, in milliseconds. */
export interface GlobalOfRules {
  readonly evaluationIntervalMs: number | undefined
  readonly queryOffsetMs: number | undefined
}

/**
 * Reads the `global` of a configuration.
 * @param forRules whether somebody here evaluates rules
 */
export function readGlobal(fields: Fields, notes: string[], forRules: boolean): GlobalSettings & GlobalOfRules {
  const settings = {
    ...readShared(fields, DEFAULT_GLOBAL),
    external: fields.labels('external_labels'),
    // As in Prometheus, 0 is the default.
    evaluationIntervalMs: fields.duration('evaluation_interval') || undefined,
    queryOffsetMs: fields.duration('rule_query_offset'),
  }
  noteKeys(fields, [...WITHOUT_EFFECT, ...(forRules ? [] : OF_RULES), 'query_log_file'], notes)
  fields.end()
  return settings
}

/**
 * Reads one entry of `scrape_configs`.
 * @param base folder that relative paths start from
 * @param notes takes what is allowed but changes nothing
 */
export function readJob(fields: Fields, global: GlobalSettings, base: string, notes: string[]): ScrapeJob {
  const name = fields.text('job_name') ?? ''
  if (name === '') fields.fail('job_name', 'every job needs a name')
  const params = fields.child('params')
  const job = {
    name,
    ...readShared(fields, global),
    external: global.external,
    scheme: fields.oneOf('scheme', ['http', 'https']) ?? 'http',
    metricsPath: fields.text('metrics_path') ?? '/metrics',
    params: new Map(params.names().map((param) => [param, params.texts(param)])),
    honorLabels: fields.switch('honor_labels', false),
    honorTimestamps: fields.switch('honor_timestamps', true),
    staleWithTimestamps: fields.switch('track_timestamps_staleness', false),
    fallback: readFallback(fields),
    compression: fields.switch('enable_compression', true),
    http: readHttp(fields, base),
    relabel: fields.relabel('relabel_configs'),
    relabelMetrics: fields.relabel('metric_relabel_configs'),
    discovery: readDiscovery(fields, base),
  }
  noteKeys(fields, WITHOUT_EFFECT, notes)
  fields.end()
  return { ...job, fingerprint: fingerprintOf(fields, global) }
}

type Shared = Omit<GlobalSettings, 'external'>

function readShared(fields: Fields, otherwise: Shared): Shared {
  const intervalMs = fields.duration('scrape_interval') ?? otherwise.intervalMs
  if (intervalMs === 0) fields.fail('scrape_interval', 'has to be longer than 0')
  const timeoutMs = fields.duration('scrape_timeout') ?? Math.min(otherwise.timeoutMs, intervalMs)
  if (timeoutMs === 0) fields.fail('scrape_timeout', 'has to be longer than 0')
  if (timeoutMs > intervalMs) {
    fields.fail(
      'scrape_timeout',
      `is longer than the scrape interval of ${formatDuration(intervalMs)}; make it shorter`,
    )
  }
  const { limits } = otherwise
  return {
    intervalMs,
    timeoutMs,
    protocols: readProtocols(fields, otherwise.protocols),
    limits: {
      bodyBytes: fields.size('body_size_limit') ?? limits.bodyBytes,
      samples: fields.count('sample_limit') ?? limits.samples,
      labels: fields.count('label_limit') ?? limits.labels,
      labelNameBytes: fields.count('label_name_length_limit') ?? limits.labelNameBytes,
      labelValueBytes: fields.count('label_value_length_limit') ?? limits.labelValueBytes,
    },
    targetLimit: fields.count('target_limit') ?? otherwise.targetLimit,
    keptDropped: fields.count('keep_dropped_targets') ?? otherwise.keptDropped,
  }
}

function readProtocols(fields: Fields, otherwise: readonly string[]): readonly string[] {
  const names = fields.texts('scrape_protocols')
  if (names.length === 0) return otherwise
  const wrong = names.find((name) => name !== 'PrometheusProto' && !SCRAPE_PROTOCOLS.has(name))
  if (wrong !== undefined) {
    fields.fail('scrape_protocols', `${JSON.stringify(wrong)} is none of ${DEFAULT_PROTOCOLS.join(', ')}`)
  }
  const texts = names.filter((name) => SCRAPE_PROTOCOLS.has(name))
  if (texts.length === 0) fields.fail('scrape_protocols', 'protobuf is not supported; add PrometheusText0.0.4')
  return texts
}

function readFallback(fields: Fields): ExpositionFormat | undefined {
  const name = fields.text('fallback_scrape_protocol')
  if (name === undefined) return undefined
  const protocol = SCRAPE_PROTOCOLS.get(name)
  return protocol?.format ?? fields.fail('fallback_scrape_protocol', `expected one of ${DEFAULT_PROTOCOLS.join(', ')}`)
}

function noteKeys(fields: Fields, keys: readonly string[], notes: string[]): void {
  for (const key of keys) if (fields.has(key)) notes.push(`${fields.pathOf(key)}: has no effect here`)
}

function fingerprintOf(fields: Fields, global: GlobalSettings): string {
  return JSON.stringify([fields.raw(), { ...global, external: [...global.external] }])
}
