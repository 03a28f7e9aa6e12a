import { defaultHierarchy, type Hierarchy } from '../hierarchy.ts'
import { type Applied, applyLevels, applyPlan, NOTHING } from './apply.ts'
import { masked } from './mask.ts'
import { readConfiguration } from './read.ts'
import type { LoggingConfiguration } from './types.ts'

export interface ConfigureOptions {
  /** Default: the process-wide hierarchy, that of getLogger. */
  readonly hierarchy?: Hierarchy
}

export interface Configured {
  /** Resolves when handlers that are no longer used have delivered what they had and are closed. Never rejects. */
  readonly retired: Promise<void>
}

interface State {
  readonly applied: Applied
  readonly configuration: LoggingConfiguration
}

const states = new WeakMap<Hierarchy, State>()

/**
 * Puts a configuration in force: makes formatters, filters, processors and handlers, and gives them to loggers. Loggers it
 * names lose the handlers, filters and processors they had. Called again, it changes what has changed: handlers with the
 * same entry stay open, those that are gone are flushed and closed, loggers that are gone are as they were before.
 * @throws ConfigError that lists everything that is wrong; nothing is changed then
 */
export function configure(configuration: LoggingConfiguration, options: ConfigureOptions = {}): Configured {
  const hierarchy = options.hierarchy ?? defaultHierarchy
  const before = states.get(hierarchy)?.applied ?? NOTHING
  const plan = readConfiguration(configuration)
  if (plan.incremental) {
    applyLevels(plan, configuration, hierarchy, before)
    return { retired: Promise.resolve() }
  }
  const { applied, retired } = applyPlan(plan, hierarchy, before)
  states.set(hierarchy, { applied, configuration })
  return { retired }
}

/** The configuration in force, with `***masked***` for its secrets; undefined before the first. */
export function currentConfiguration(options: ConfigureOptions = {}): LoggingConfiguration | undefined {
  const state = states.get(options.hierarchy ?? defaultHierarchy)
  return masked(state?.configuration) as LoggingConfiguration | undefined
}
