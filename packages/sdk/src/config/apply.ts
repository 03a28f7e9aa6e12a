import type { Filter } from '../filter.ts'
import type { Formatter } from '../formatter.ts'
import type { Handler } from '../handler.ts'
import type { Hierarchy } from '../hierarchy.ts'
import { levelValue } from '../level.ts'
import type { Logger } from '../logger.ts'
import type { Processor } from '../processor.ts'
import { ConfigError } from './config-error.ts'
import { attempt, type Made, type MadeByName, makeAll, makeHandlers } from './make.ts'
import type { LoggerPlan, Plan } from './read.ts'

/** What a configuration has put into a hierarchy. */
export interface Applied {
  readonly formatters: MadeByName<Formatter>
  readonly filters: MadeByName<Filter>
  readonly processors: MadeByName<Processor>
  readonly handlers: MadeByName<Handler>
  /** Loggers it has touched, with what they were before. */
  readonly loggers: ReadonlyMap<string, Before>
}

interface Before {
  readonly level: number | undefined
  readonly propagate: boolean
}

export const NOTHING: Applied = {
  formatters: new Map(),
  filters: new Map(),
  processors: new Map(),
  handlers: new Map(),
  loggers: new Map(),
}

export interface Change {
  readonly applied: Applied
  /** Resolves when handlers that are no longer used have delivered what they had. Never rejects. */
  readonly retired: Promise<void>
}

/**
 * Puts a plan into a hierarchy, in place of what `before` put there. What has not changed stays as it is, open files and
 * connections too.
 * @throws ConfigError when a member cannot be made; nothing is changed then
 */
export function applyPlan(plan: Plan, hierarchy: Hierarchy, before: Applied): Change {
  const problems: string[] = []
  const formatters = makeAll('formatters', plan.formatters, before.formatters, problems)
  const filters = makeAll('filters', plan.filters, before.filters, problems)
  const processors = makeAll('processors', plan.processors, before.processors, problems)
  const handlers = makeHandlers(plan, before.handlers, formatters, filters, problems)
  if (problems.length > 0) {
    handlers.undo(hierarchy)
    throw new ConfigError('logging configuration', problems)
  }
  handlers.settle()
  const applied = { formatters, filters, processors, handlers: handlers.made, loggers: new Map<string, Before>() }
  const retired = removed(before.handlers, handlers.made)
  const strangers = setLoggers(plan, hierarchy, before, applied)
  return { applied, retired: retire(retired, strangers) }
}

/** Changes levels and `propagate` only. */
export function applyLevels(plan: Plan, given: unknown, hierarchy: Hierarchy, { handlers }: Applied): void {
  const levels = Object.entries((given as { handlers?: Record<string, { level?: string | number }> }).handlers ?? {})
  const problems: string[] = []
  for (const [name, { level }] of levels) {
    if (!handlers.has(name)) problems.push(`handlers.${name}: there is no such handler to change the level of`)
    else if (level !== undefined) attempt(`handlers.${name}.level`, () => levelValue(level), problems)
  }
  if (problems.length > 0) throw new ConfigError('logging configuration', problems)
  for (const [name, { level }] of levels) {
    if (level !== undefined) (handlers.get(name) as Made<Handler>).member.level = levelValue(level)
  }
  for (const [name, { level, propagate }] of plan.loggers) {
    const logger = hierarchy.getLogger(name)
    if (level !== undefined) logger.setLevel(level)
    if (propagate !== undefined) logger.setPropagate(propagate)
  }
}

function removed(before: MadeByName<Handler>, now: MadeByName<Handler>): Made<Handler>[] {
  const kept = new Set([...now.values()].map(({ member }) => member))
  // Those with a target come after it, and must hand over what they hold before it is closed.
  return [...before.values()].filter(({ member }) => !kept.has(member)).reverse()
}

/** Gives back the handlers that code had put where the plan puts others. */
function setLoggers(
  plan: Plan,
  hierarchy: Hierarchy,
  before: Applied,
  applied: Applied & { readonly loggers: Map<string, Before> },
): Set<Handler> {
  const ours = new Set([...before.handlers.values()].map(({ member }) => member))
  const strangers = new Set<Handler>()
  const named = new Set(plan.loggers.keys())
  for (const [name, was] of before.loggers) {
    if (named.has(name)) continue
    const logger = hierarchy.getLogger(name)
    clear(logger, ours)
    logger.setLevel(was.level).setPropagate(was.propagate).setDefaults(undefined)
  }
  if (plan.disableExisting) {
    for (const logger of hierarchy.configured()) {
      if (named.has(logger.name) || logger.name === 'root' || /^girok\.sdk(\.|$)/.test(logger.name)) continue
      applied.loggers.set(logger.name, before.loggers.get(logger.name) ?? stateOf(logger))
      logger.setLevel('OFF')
    }
  }
  for (const [name, entry] of plan.loggers) {
    const logger = hierarchy.getLogger(name)
    const was = before.loggers.get(name) ?? stateOf(logger)
    applied.loggers.set(name, was)
    for (const handler of logger.handlers) if (!ours.has(handler)) strangers.add(handler)
    clear(logger, undefined)
    setLogger(logger, entry, was, applied)
  }
  for (const { member } of applied.handlers.values()) strangers.delete(member)
  return strangers
}

function stateOf(logger: Logger): Before {
  return { level: logger.ownLevel, propagate: logger.propagate }
}

/** Takes all handlers from a logger, or only some, and its filters and processors. */
function clear(logger: Logger, only: ReadonlySet<Handler> | undefined): void {
  for (const handler of logger.handlers) if (only === undefined || only.has(handler)) logger.removeHandler(handler)
  for (const filter of logger.filters) logger.removeFilter(filter)
  logger.setProcessors([])
}

function setLogger(logger: Logger, entry: LoggerPlan, was: Before, applied: Applied): void {
  // The root has to have a level: where none is given, the one it had.
  logger.setLevel(entry.level ?? (logger.name === 'root' ? was.level : undefined))
  logger.setPropagate(entry.propagate ?? was.propagate)
  logger.setDefaults(entry.defaults)
  for (const name of entry.handlers ?? []) logger.addHandler((applied.handlers.get(name) as Made<Handler>).member)
  for (const name of entry.filters) logger.addFilter((applied.filters.get(name) as Made<Filter>).member)
  logger.setProcessors(entry.processors.map((name) => (applied.processors.get(name) as Made<Processor>).member))
}

async function retire(ours: readonly Made<Handler>[], strangers: ReadonlySet<Handler>): Promise<void> {
  const ends = [
    ...ours.map(async ({ member, spec }) => (spec.given ? member.flush?.() : member.close?.())),
    ...[...strangers].map(async (handler) => handler.flush?.()),
  ]
  await Promise.allSettled(ends)
}
