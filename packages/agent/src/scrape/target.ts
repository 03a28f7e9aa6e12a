import { createHash } from 'node:crypto'
import { formatDuration, parseDuration } from '@girok/query/settings'
import type { Labels } from '../model/source.ts'
import type { ScrapeJob } from './settings/job.ts'

/** What is scraped: a URL, and the labels of its series. */
export interface Target {
  /** Equal for targets that are the same to the series they bring. */
  readonly key: string
  /** Without those that begin with two underscores. */
  readonly labels: Labels
  /** Before relabelling. */
  readonly discovered: Labels
  readonly url: string
  readonly intervalMs: number
  readonly timeoutMs: number
}

/** What became of a discovered address. */
export type TargetOutcome =
  | { readonly target: Target }
  | { readonly dropped: Labels }
  | { readonly discovered: Labels; readonly fault: string }

const PARAMETER = '__param_'
const NAMES = {
  address: '__address__',
  scheme: '__scheme__',
  path: '__metrics_path__',
  interval: '__scrape_interval__',
  timeout: '__scrape_timeout__',
} as const

/** Makes the target of an address: labels of the job, relabelling, URL. */
export function makeTarget(job: ScrapeJob, address: string, groupLabels: Labels): TargetOutcome {
  const discovered = new Map(groupLabels)
  discovered.set(NAMES.address, address)
  const defaults: [string, string][] = [
    ['job', job.name],
    [NAMES.scheme, job.scheme],
    [NAMES.path, job.metricsPath],
    [NAMES.interval, formatDuration(job.intervalMs)],
    [NAMES.timeout, formatDuration(job.timeoutMs)],
  ]
  for (const [name, values] of job.params) if (values[0] !== undefined) defaults.push([PARAMETER + name, values[0]])
  for (const [name, value] of defaults) if (!discovered.has(name)) discovered.set(name, value)

  const labels = job.relabel(discovered)
  if (labels === undefined) return { dropped: discovered }
  try {
    return { target: targetOf(job, labels, discovered) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { discovered, fault: error.message }
  }
}

function targetOf(job: ScrapeJob, labels: Labels, discovered: Labels): Target {
  const address = labels.get(NAMES.address) ?? ''
  if (address === '') throw new RangeError('no address: relabelling left __address__ empty')
  if (address.includes('/')) throw new RangeError(`${JSON.stringify(address)} is no address: write host:port`)
  const intervalMs = durationOf(labels, NAMES.interval)
  const timeoutMs = durationOf(labels, NAMES.timeout)
  if (timeoutMs > intervalMs) throw new RangeError('the scrape timeout is longer than the scrape interval')
  const shown = new Map<string, string>()
  for (const [name, value] of labels) if (!name.startsWith('__')) shown.set(name, value)
  if (!shown.has('instance')) shown.set('instance', address)
  const url = urlOf(job, labels, address)
  const sorted = [...shown].sort(([a], [b]) => (a < b ? -1 : 1))
  const key = JSON.stringify([url, intervalMs, timeoutMs, sorted])
  return { key, labels: new Map(sorted), discovered, url, intervalMs, timeoutMs }
}

function durationOf(labels: Labels, name: string): number {
  const text = labels.get(name) ?? ''
  try {
    const ms = parseDuration(text)
    if (ms > 0) return ms
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw new RangeError(`${name} is ${JSON.stringify(text)}, which is no duration`)
}

function urlOf(job: ScrapeJob, labels: Labels, address: string): string {
  const scheme = labels.get(NAMES.scheme) ?? ''
  if (scheme !== 'http' && scheme !== 'https')
    throw new RangeError(`${JSON.stringify(scheme)} is no scheme to scrape with`)
  const query = new URLSearchParams()
  for (const [name, values] of job.params) for (const value of values) query.append(name, value)
  for (const [label, value] of labels) {
    if (!label.startsWith(PARAMETER)) continue
    const name = label.slice(PARAMETER.length)
    const others = query.getAll(name).slice(1)
    query.set(name, value)
    for (const other of others) query.append(name, other)
  }
  const path = labels.get(NAMES.path) ?? ''
  const slash = path.startsWith('/') ? '' : '/'
  const join = query.size === 0 ? '' : path.includes('?') ? '&' : '?'
  const url = `${scheme}://${address}${slash}${path}${join}${query}`
  if (!URL.canParse(url)) throw new RangeError(`${JSON.stringify(url)} is no URL`)
  return url
}

/**
 * When a target is scraped first, counted from now: spread evenly over its interval by a hash of the target, so that
 * targets are never scraped all at once, and the same after each start.
 */
export function firstScrapeInMs(target: Target, nowMs: number): number {
  const phase = createHash('md5').update(target.key).digest().readUIntBE(0, 6) % target.intervalMs
  return (phase - (nowMs % target.intervalMs) + target.intervalMs) % target.intervalMs
}
