import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Monitor } from '../alerting/monitors/monitor.ts'
import { GirokError } from '../model/errors.ts'

/** Monitors of modules by path. Rejects with `bad_request` that names the module when it cannot be used. */
export async function loadMonitors(paths: readonly string[]): Promise<Monitor[]> {
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
