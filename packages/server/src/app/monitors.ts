import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Monitor } from '../alerting/monitors/monitor.ts'
import { type MonitorBook, type MonitorBookOptions, openMonitors } from '../alerting/monitors/monitor-book.ts'
import { GirokError } from '../model/errors.ts'
import type { Registry } from '../telemetry/registry.ts'
import type { Config } from './config/index.ts'

export interface MonitorParts
  extends Pick<MonitorBookOptions, 'monitors' | 'feed' | 'tenant' | 'report' | 'now' | 'log'> {
  readonly config: Pick<Config, 'alerting'>
  readonly registry: Registry
  readonly externalUrl: () => string
}

/** The monitors of the configuration and those given by the program. */
export async function openMonitorBook(parts: MonitorParts): Promise<MonitorBook> {
  const { config, registry } = parts
  const counters = {
    records: registry.counter('girok_monitor_records_total', 'Records that monitors looked at, by monitor.'),
    alerts: registry.counter('girok_monitor_alerts_total', 'Alerts that monitors returned, by monitor.'),
    errors: registry.counter('girok_monitor_errors_total', 'Faults of monitors, by monitor.'),
  }
  return openMonitors({
    ...parts,
    monitors: [...(await loadMonitors(config.alerting.monitors)), ...parts.monitors],
    pageUrl: () => `${parts.externalUrl()}/alerts/monitors`,
    count: (what, monitor) => counters[what].add({ monitor }),
  })
}

/** Monitors of modules by path. Rejects with `bad_request` that names the module when it cannot be used. */
async function loadMonitors(paths: readonly string[]): Promise<Monitor[]> {
  const loaded = await Promise.all(paths.map(loadModule))
  return loaded.flat()
}

async function loadModule(path: string): Promise<Monitor[]> {
  let module: { readonly default?: unknown }
  try {
    module = await import(pathToFileURL(resolve(path)).href)
  } catch (error) {
    throw new GirokError('bad_request', `${path} (alerting.monitors) cannot be loaded: ${(error as Error).message}`)
  }
  const given = Array.isArray(module.default) ? module.default : [module.default]
  return given.map((one, place) => {
    const fault = faultOf(one)
    if (fault === undefined) return one as Monitor
    throw new GirokError(
      'bad_request',
      `${path} (alerting.monitors): monitor ${place + 1} of its default export ${fault}`,
    )
  })
}

function faultOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'is no object: export default {name, check}'
  const { name, check, selector } = value as Readonly<Record<string, unknown>>
  if (typeof name !== 'string' || name === '') return 'has no name'
  if (typeof check !== 'function') return 'has no function check'
  if (selector !== undefined && typeof selector !== 'string') return 'has a selector that is no text'
  return undefined
}
