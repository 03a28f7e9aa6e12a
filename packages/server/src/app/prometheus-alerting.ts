import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseOrderedDuration } from '@girok/query'
import { parseDocument } from 'yaml'
import type { AlertmanagerTarget } from '../alerting/alerts/alertmanager-client.ts'

/** What a prometheus.yml says of alerts. */
export interface PrometheusAlerting {
  readonly externalLabels: ReadonlyMap<string, string>
  readonly alertmanagers: readonly AlertmanagerTarget[]
  /** Settings that have no effect here, by name. */
  readonly unused: readonly string[]
}

/** As Prometheus has it. */
export const ALERTMANAGER_TIMEOUT_MS = 10_000

/** Where Alertmanager takes alerts, below its address. */
const API = '/api/v2/alerts'

const USED = new Set([
  'static_configs',
  'scheme',
  'path_prefix',
  'timeout',
  'api_version',
  'basic_auth',
  'authorization',
  'follow_redirects',
])

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads `global.external_labels` and the Alertmanagers with static targets of a prometheus.yml. Lenient, because the file
 * is checked by who scrapes. Throws an Error for files of secrets that cannot be read.
 */
export function readPrometheusAlerting(path: string): PrometheusAlerting {
  const document = parseDocument(readFileSync(path, 'utf8'))
  const root = document.errors.length > 0 ? {} : fieldsOf(document.toJS())
  const unused: string[] = []
  const alerting = fieldsOf(root.alerting)
  if (listOf(alerting.alert_relabel_configs).length > 0) unused.push('alerting.alert_relabel_configs')
  const alertmanagers = listOf(alerting.alertmanagers).flatMap((entry) => {
    const fields = fieldsOf(entry)
    unused.push(...Object.keys(fields).flatMap((key) => (USED.has(key) ? [] : [`alerting.alertmanagers.${key}`])))
    return targetsOf(fields, dirname(path))
  })
  return { externalLabels: externalLabelsOf(fieldsOf(root.global).external_labels), alertmanagers, unused }
}

/** An Alertmanager by its address, as in `alerting.alertmanagers`; credentials may stand in it. */
export function alertmanagerAt(address: string): AlertmanagerTarget {
  const url = new URL(address)
  const { username, password } = url
  url.username = ''
  url.password = ''
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}${API}`,
    authorization: username === '' ? undefined : basic(decodeURIComponent(username), decodeURIComponent(password)),
    timeoutMs: ALERTMANAGER_TIMEOUT_MS,
  }
}

function targetsOf(fields: Fields, folder: string): AlertmanagerTarget[] {
  const scheme = textOf(fields.scheme) ?? 'http'
  const prefix = `/${textOf(fields.path_prefix) ?? ''}`.replaceAll(/\/+/g, '/').replace(/\/$/, '')
  const timeout = parseOrderedDuration(textOf(fields.timeout) ?? '')
  const shared = {
    authorization: authorizationOf(fields, folder),
    timeoutMs: 'ns' in timeout ? Number(timeout.ns / 1_000_000n) : ALERTMANAGER_TIMEOUT_MS,
  }
  return listOf(fields.static_configs)
    .flatMap((group) => listOf(fieldsOf(group).targets))
    .flatMap((target) =>
      typeof target === 'string' ? [{ url: `${scheme}://${target}${prefix}${API}`, ...shared }] : [],
    )
}

function authorizationOf(fields: Fields, folder: string): string | undefined {
  const secret = (of: Fields, key: string): string => {
    const file = textOf(of[`${key}_file`])
    return file === undefined ? (textOf(of[key]) ?? '') : readFileSync(resolve(folder, file), 'utf8').trim()
  }
  if (fields.basic_auth !== undefined) {
    const of = fieldsOf(fields.basic_auth)
    return basic(secret(of, 'username'), secret(of, 'password'))
  }
  if (fields.authorization === undefined) return undefined
  const of = fieldsOf(fields.authorization)
  return `${textOf(of.type) ?? 'Bearer'} ${secret(of, 'credentials')}`
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** `$NAME` and `${NAME}` stand for variables of the environment, `$$` for a dollar, as in Prometheus 3. */
function externalLabelsOf(value: unknown): Map<string, string> {
  return new Map(
    Object.entries(fieldsOf(value)).map(([name, label]) => [
      name,
      String(label).replaceAll(/\$(?:\{([^}]*)\}|(\$|\w+))/g, (_, braced?: string, bare?: string) =>
        bare === '$' || braced === '$' ? '$' : (process.env[braced ?? bare ?? ''] ?? ''),
      ),
    ]),
  )
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
