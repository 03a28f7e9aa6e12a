import { extname, isAbsolute, join } from 'node:path'
import { ConfigProblem } from '../../model/problem.ts'
import { Fields, pathOf } from './fields.ts'
import { type HttpSettings, readHttp } from './http.ts'

/** Targets that share labels. */
export interface TargetGroup {
  /** `host:port` */
  readonly targets: readonly string[]
  readonly labels: ReadonlyMap<string, string>
}

export interface FileDiscovery {
  readonly patterns: readonly string[]
  readonly refreshMs: number
}

export interface HttpDiscovery {
  readonly url: string
  readonly refreshMs: number
  readonly http: HttpSettings
}

/** Where the targets of a job are learnt from. */
export interface DiscoverySettings {
  readonly groups: readonly TargetGroup[]
  readonly files: readonly FileDiscovery[]
  readonly http: readonly HttpDiscovery[]
}

const FILE_REFRESH_MS = 300_000
const HTTP_REFRESH_MS = 60_000
const DISCOVERY_KEY = /_sd_configs?$/

export function readDiscovery(fields: Fields, base: string): DiscoverySettings {
  const settings = {
    groups: readStatic(fields),
    files: fields.items('file_sd_configs').map((sd) => readFileDiscovery(sd, base)),
    http: fields.items('http_sd_configs').map((sd) => readHttpDiscovery(sd, base)),
  }
  const other = fields.names().find((key) => DISCOVERY_KEY.test(key) && !fields.isKnown(key))
  if (other !== undefined) {
    fields.fail(
      other,
      'this discovery is not supported; write the targets to a file that file_sd_configs names, or serve them for http_sd_configs',
    )
  }
  return settings
}

function readStatic(fields: Fields): TargetGroup[] {
  const keys = [...fields.keys, 'static_configs']
  const groups = readGroups(fields.list('static_configs'), keys)
  // Rules may make addresses of anything, such as of URLs that an exporter is to probe.
  if (fields.list('relabel_configs').length > 0) return groups
  for (const [index, { targets }] of groups.entries()) {
    const wrong = targets.find((target) => target.includes('/'))
    if (wrong === undefined) continue
    fields.failAt(
      ['static_configs', index, 'targets'],
      `${JSON.stringify(wrong)} is no address; write host:port, and the rest as scheme and metrics_path`,
    )
  }
  return groups
}

/**
 * Reads target groups of a `static_configs` or of what a discovery gave.
 * @throws ConfigProblem
 */
export function readGroups(list: unknown, keys: readonly (string | number)[]): TargetGroup[] {
  if (!Array.isArray(list)) {
    throw new ConfigProblem(`${pathOf(keys)}: expected a list such as [{"targets": ["host:9100"], "labels": {}}]`, keys)
  }
  return list.map((value, index) => {
    const group = new Fields(value, [...keys, index])
    const targets = group.texts('targets')
    if (targets.includes('')) group.fail('targets', 'an empty text is no address; write host:port')
    const labels = group.labels('labels')
    group.end()
    return { targets, labels }
  })
}

function readFileDiscovery(sd: Fields, base: string): FileDiscovery {
  const files = sd.texts('files')
  if (files.length === 0) sd.fail('files', 'name at least one file, such as targets/*.yml')
  const wrong = files.find((file) => !['.json', '.yml', '.yaml'].includes(extname(file).toLowerCase()))
  if (wrong !== undefined) sd.fail('files', `${JSON.stringify(wrong)} has to end in .json, .yml or .yaml`)
  const refreshMs = sd.duration('refresh_interval') ?? FILE_REFRESH_MS
  sd.end()
  return { patterns: files.map((file) => (isAbsolute(file) ? file : join(base, file))), refreshMs }
}

function readHttpDiscovery(sd: Fields, base: string): HttpDiscovery {
  const url = sd.text('url') ?? ''
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    sd.fail('url', 'expected a URL that begins with http:// or https://')
  }
  const refreshMs = sd.duration('refresh_interval') ?? HTTP_REFRESH_MS
  const http = readHttp(sd, base)
  sd.end()
  return { url, refreshMs, http }
}
