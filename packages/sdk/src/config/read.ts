import type { Fields } from '../fields.ts'
import type { Filter } from '../filter.ts'
import type { Formatter } from '../formatter.ts'
import type { Handler } from '../handler.ts'
import type { Processor } from '../processor.ts'
import { anything, type Check, isPlainObject, level, listOf, mapOf, readKeys, truth } from './check.ts'
import { ConfigError } from './config-error.ts'
import { FILTER_KINDS } from './filter-kinds.ts'
import { FORMATTER_KINDS, PYTHON_FORMATTERS, PYTHON_TEXT } from './formatter-kinds.ts'
import { HANDLER_KINDS } from './handler-kinds.ts'
import { PROCESSOR_KINDS } from './processor-kinds.ts'
import { PYTHON_HANDLERS } from './python-handlers.ts'
import { type Family, nameIn, readFamily, type Spec } from './read-family.ts'

export interface LoggerPlan {
  readonly level: number | string | undefined
  readonly handlers: readonly string[] | undefined
  readonly filters: readonly string[]
  readonly processors: readonly string[]
  readonly propagate: boolean | undefined
  readonly defaults: Fields | undefined
}

/** A configuration without faults that can be seen before anything is made. */
export interface Plan {
  readonly disableExisting: boolean
  readonly incremental: boolean
  readonly formatters: ReadonlyMap<string, Spec<Formatter>>
  readonly filters: ReadonlyMap<string, Spec<Filter>>
  readonly processors: ReadonlyMap<string, Spec<Processor>>
  readonly handlers: ReadonlyMap<string, Spec<Handler>>
  /** The root under `root`. */
  readonly loggers: ReadonlyMap<string, LoggerPlan>
}

const isObjectWith = (method: string) => (value: unknown) =>
  typeof (value as Record<string, unknown> | null | undefined)?.[method] === 'function'

const isFunction = (value: unknown) => typeof value === 'function'

const FAMILIES = {
  formatters: {
    name: 'formatters',
    kinds: FORMATTER_KINDS,
    classes: PYTHON_FORMATTERS,
    otherwise: PYTHON_TEXT,
    isMember: isObjectWith('format'),
  } satisfies Family<Formatter>,
  filters: {
    name: 'filters',
    kinds: FILTER_KINDS,
    classes: { 'logging.Filter': { kind: 'name', arguments: {} } },
    otherwise: { kind: 'name', arguments: {} },
    isMember: isFunction,
  } satisfies Family<Filter>,
  processors: {
    name: 'processors',
    kinds: PROCESSOR_KINDS,
    classes: {},
    isMember: isFunction,
  } satisfies Family<Processor>,
  handlers: {
    name: 'handlers',
    kinds: HANDLER_KINDS,
    classes: PYTHON_HANDLERS,
    isMember: isObjectWith('handle'),
  } satisfies Family<Handler>,
}

/** @throws ConfigError with everything that is wrong */
export function readConfiguration(given: unknown): Plan {
  const problems: string[] = []
  if (!isPlainObject(given)) throw new ConfigError('logging configuration', ['it is no object'])
  const top = readKeys(
    given,
    {
      version: Object.assign(oneOnly, { required: true }),
      disableExistingLoggers: truth,
      disable_existing_loggers: truth,
      incremental: truth,
      formatters: anything,
      filters: anything,
      processors: anything,
      handlers: anything,
      loggers: anything,
      root: anything,
    },
    '',
    problems,
  )
  const incremental = top.incremental === true
  const formatters = readFamily<Formatter>(FAMILIES.formatters, top.formatters, problems)
  const filters = readFamily<Filter>(FAMILIES.filters, top.filters, problems)
  const processors = readFamily<Processor>(FAMILIES.processors, top.processors, problems)
  const handlers = incremental
    ? new Map<string, Spec<Handler>>()
    : readFamily<Handler>(FAMILIES.handlers, top.handlers, problems)
  for (const [name, { options }] of handlers) {
    const at = `handlers.${name}`
    if (typeof options.formatter === 'string')
      nameIn('formatter', formatters)(options.formatter, `${at}.formatter`, problems)
    if (typeof options.target === 'string') {
      nameIn('handler', handlers)(options.target, `${at}.target`, problems)
      if (handlers.get(options.target)?.options.target !== undefined) {
        problems.push(`${at}.target: ${options.target} has a target itself`)
      }
    }
    if (options.filters !== undefined) listOf(nameIn('filter', filters))(options.filters, `${at}.filters`, problems)
  }
  const namedHandler: Check = incremental ? anything : nameIn('handler', handlers)
  const keys = {
    level: loggerLevel,
    handlers: listOf(namedHandler),
    filters: listOf(nameIn('filter', filters)),
    processors: listOf(nameIn('processor', processors)),
    propagate: truth,
    defaults: mapOf(anything),
  }
  const loggers = readLoggers(top, keys, problems)
  if (problems.length > 0) throw new ConfigError('logging configuration', problems)
  return {
    disableExisting: (top.disableExistingLoggers ?? top.disable_existing_loggers) === true,
    incremental,
    formatters,
    filters,
    processors,
    handlers,
    loggers,
  }
}

function readLoggers(
  { loggers = {}, root }: Record<string, unknown>,
  keys: Readonly<Record<string, Check>>,
  problems: string[],
): Map<string, LoggerPlan> {
  const plans = new Map<string, LoggerPlan>()
  if (!isPlainObject(loggers)) {
    problems.push('loggers: no object of names')
    return plans
  }
  const entries: [string, string, unknown][] = Object.entries(loggers).map(([name, entry]) => [
    name === '' ? 'root' : name,
    name === '' ? "loggers.''" : `loggers.${name}`,
    entry,
  ])
  if (root !== undefined) entries.push(['root', 'root', root])
  for (const [name, at, entry] of entries) {
    if (plans.has(name)) {
      problems.push(`${at}: the logger ${name} is configured twice`)
    } else if (!isPlainObject(entry)) {
      problems.push(`${at}: ${JSON.stringify(entry)} is no object`)
    } else {
      const {
        level,
        handlers,
        filters = [],
        processors = [],
        propagate,
        defaults,
      } = readKeys(entry, keys, at, problems)
      plans.set(name, { level, handlers, filters, processors, propagate, defaults } as LoggerPlan)
    }
  }
  return plans
}

const oneOnly: Check = (value, at, problems) => {
  if (value !== 1) problems.push(`${at}: ${JSON.stringify(value)} is not known; there is only version 1`)
  return value
}

/** NOTSET is Python's way of saying that a logger has no level of its own. */
const loggerLevel: Check = (value, at, problems) => {
  const isUnset =
    value === null || value === 0 || (typeof value === 'string' && value.trim().toUpperCase() === 'NOTSET')
  return isUnset ? undefined : level(value, at, problems)
}
