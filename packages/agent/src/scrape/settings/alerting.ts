import type { Labels } from '../../model/source.ts'
import type { Relabel } from '../relabel.ts'
import { type DiscoverySettings, readDiscovery } from './discovery.ts'
import type { Fields } from './fields.ts'

/** What a `prometheus.yml` says to whoever evaluates its rules and sends its alerts. */
export interface AlertSettings {
  /** Patterns of `rule_files`, as absolute paths. */
  readonly ruleFiles: readonly string[]
  /** `global.evaluation_interval`, in milliseconds; undefined: it is not given. */
  readonly evaluationIntervalMs: number | undefined
  /** `global.rule_query_offset`, in milliseconds; undefined: it is not given. */
  readonly queryOffsetMs: number | undefined
  readonly externalLabels: Labels
  /** `alert_relabel_configs`: what every alert goes through, once it has its external labels. */
  readonly relabel: Relabel
  readonly alertmanagers: readonly AlertmanagerSettings[]
  /** Paths of settings that have no effect here. */
  readonly unused: readonly string[]
}

/** One entry of `alerting.alertmanagers`. */
export interface AlertmanagerSettings {
  readonly scheme: string
  /** Where alerts are taken: `/prefix/api/v2/alerts`. */
  readonly path: string
  readonly timeoutMs: number
  /** What targets go through. */
  readonly relabel: Relabel
  /** What alerts go through besides, before they go to these. */
  readonly relabelAlerts: Relabel
  readonly discovery: DiscoverySettings
  readonly http: RequestSettings
  /** Equal for entries that are written alike. */
  readonly fingerprint: string
}

/** How requests are made, in the words of Prometheus' configuration; unread, for whoever makes them. */
export interface RequestSettings {
  readonly fields: Readonly<Record<string, unknown>>
  /** What relative paths in it start from. */
  readonly folder: string
}

/** A mistake in `RequestSettings`, with the keys that lead to it from there. */
export interface RequestFault {
  readonly keys: readonly (string | number)[]
  readonly message: string
}

/** Holds requests against the rules of whoever makes them. */
export type CheckRequests = (settings: RequestSettings) => readonly RequestFault[]

const TIMEOUT_MS = 10_000
/** The path of Alertmanager's API v2 that takes alerts. */
const API = '/api/v2/alerts'

const REQUEST_KEYS = [
  'basic_auth',
  'authorization',
  'bearer_token',
  'bearer_token_file',
  'oauth2',
  'tls_config',
  'follow_redirects',
  'enable_http2',
  'proxy_url',
  'no_proxy',
  'proxy_from_environment',
  'proxy_connect_header',
  'http_headers',
] as const

/** Ways to find targets that Prometheus has besides. */
const OTHER_DISCOVERIES: ReadonlySet<string> = new Set(
  [
    'azure',
    'consul',
    'digitalocean',
    'dns',
    'docker',
    'dockerswarm',
    'ec2',
    'eureka',
    'gce',
    'hetzner',
    'ionos',
    'kubernetes',
    'kuma',
    'lightsail',
    'linode',
    'marathon',
    'nerve',
    'nomad',
    'openstack',
    'ovhcloud',
    'puppetdb',
    'scaleway',
    'serverset',
    'stackit',
    'triton',
    'uyuni',
    'vultr',
  ].map((name) => `${name}_sd_configs`),
)

/**
 * Reads `alerting`.
 * @param base folder that relative paths start from
 * @throws ConfigProblem
 */
export function readAlerting(
  alerting: Fields,
  base: string,
  check: CheckRequests,
): Pick<AlertSettings, 'relabel' | 'alertmanagers' | 'unused'> {
  const unused: string[] = []
  const relabel = alerting.relabel('alert_relabel_configs')
  const alertmanagers = alerting.items('alertmanagers').map((fields) => readAlertmanager(fields, base, check, unused))
  alerting.end()
  return { relabel, alertmanagers, unused }
}

function readAlertmanager(fields: Fields, base: string, check: CheckRequests, unused: string[]): AlertmanagerSettings {
  const version = fields.text('api_version') ?? 'v2'
  if (version !== 'v2') fields.fail('api_version', `expected v2, not ${version}: Alertmanager has no other since 0.27`)
  const prefix = fields.text('path_prefix') ?? ''
  const timeoutMs = fields.duration('timeout') ?? TIMEOUT_MS
  if (timeoutMs === 0) fields.fail('timeout', 'has to be longer than 0')
  for (const key of fields.names()) {
    if (key !== 'sigv4' && !OTHER_DISCOVERIES.has(key)) continue
    if (fields.has(key)) unused.push(fields.pathOf(key))
  }
  const settings = {
    scheme: fields.oneOf('scheme', ['http', 'https']) ?? 'http',
    path: `/${prefix}${API}`.replaceAll(/\/+/g, '/'),
    timeoutMs,
    relabel: fields.relabel('relabel_configs'),
    relabelAlerts: fields.relabel('alert_relabel_configs'),
    discovery: readDiscovery(fields, base),
    http: readRequests(fields, base, check),
  }
  fields.end()
  return { ...settings, fingerprint: JSON.stringify(fields.raw()) }
}

function readRequests(fields: Fields, folder: string, check: CheckRequests): RequestSettings {
  const given = REQUEST_KEYS.flatMap((key) => (fields.has(key) ? [[key, fields.get(key)] as const] : []))
  const settings = { fields: Object.fromEntries(given), folder }
  const [fault] = check(settings)
  if (fault !== undefined) fields.failAt(fault.keys, fault.message)
  return settings
}
