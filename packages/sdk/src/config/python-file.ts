import { ConfigError } from './config-error.ts'
import { FORMATTER_KINDS } from './formatter-kinds.ts'
import { type IniSection, readIni } from './ini.ts'
import { type PythonClass, pythonName } from './kind.ts'
import { suggestion } from './nearest.ts'
import { PYTHON_HANDLERS } from './python-handlers.ts'
import { readPython } from './python-literal.ts'
import type { LoggingConfiguration } from './types.ts'

/**
 * The configuration in a `logging.conf` of Python's fileConfig: sections [loggers], [handlers] and [formatters] with
 * `keys=…`, and one section for each of their keys.
 * @param path for messages
 * @throws ConfigError with the lines of everything that is wrong
 */
export function readPythonFile(source: string, path: string): LoggingConfiguration {
  const sections = readIni(source, path)
  const problems: string[] = []

  function section(name: string): IniSection | undefined {
    const found = sections.get(name)
    if (found === undefined) problems.push(`section [${name}] is missing`)
    return found
  }

  function members(family: 'loggers' | 'handlers' | 'formatters', single: string): [string, IniSection][] {
    // Python wants [formatters] to be there, too; a file without any does no harm.
    const index = family === 'formatters' ? sections.get(family) : section(family)
    return words(index?.values.get('keys')?.text).flatMap((key) => {
      const found = section(`${single}_${key}`)
      return found === undefined ? [] : [[key, found] as [string, IniSection]]
    })
  }

  const formatters = members('formatters', 'formatter').map(([name, { values }]) => {
    const entry: Record<string, unknown> = {}
    for (const [key, { text, line }] of values) {
      if (text === '') continue
      if (key === 'format' || key === 'datefmt' || key === 'style' || key === 'class' || key === 'kind')
        entry[key] = text
      else if (key !== 'validate') {
        problems.push(`line ${line}: unknown key ${key}${suggestion(key, ['format', 'datefmt', 'style', 'class'])}`)
      }
    }
    if (entry.kind !== undefined && !Object.hasOwn(FORMATTER_KINDS, entry.kind as string)) {
      problems.push(
        `[formatter_${name}] kind: ${entry.kind}${suggestion(String(entry.kind), Object.keys(FORMATTER_KINDS))}`,
      )
    }
    return [name, entry] as const
  })

  const handlers = members('handlers', 'handler').map(([name, found]) => [name, handlerEntry(found, problems)] as const)
  const loggers: [string, Record<string, unknown>][] = members('loggers', 'logger').map(([key, { values, line }]) => {
    const name = key === 'root' ? 'root' : values.get('qualname')?.text
    if (name === undefined) problems.push(`line ${line}: [logger_${key}] has no qualname`)
    const entry: Record<string, unknown> = { handlers: words(values.get('handlers')?.text) }
    const level = values.get('level')?.text
    if (level !== undefined && level !== '') entry.level = level
    const propagate = values.get('propagate')?.text
    if (propagate !== undefined) entry.propagate = propagate !== '0'
    return [name ?? key, entry]
  })

  if (problems.length > 0) throw new ConfigError(path, problems)
  return {
    version: 1,
    formatters: Object.fromEntries(formatters),
    handlers: Object.fromEntries(handlers),
    loggers: Object.fromEntries(loggers),
  }
}

function handlerEntry({ values, line }: IniSection, problems: string[]): Record<string, unknown> {
  const className = values.get('class')?.text ?? ''
  const python = PYTHON_HANDLERS[pythonName(className)]
  if (python === undefined) {
    problems.push(
      `line ${line}: class ${JSON.stringify(className)} is not known${suggestion(pythonName(className), Object.keys(PYTHON_HANDLERS))}`,
    )
    return {}
  }
  const entry: Record<string, unknown> = { class: className }
  for (const key of ['level', 'formatter']) {
    const text = values.get(key)?.text
    if (text !== undefined && text !== '') entry[key] = text
  }
  for (const key of ['args', 'kwargs'] as const) {
    const given = values.get(key)
    if (given === undefined || given.text === '') continue
    try {
      Object.assign(entry, named(readPython(given.text), python))
    } catch (error) {
      problems.push(`line ${given.line}: ${key}: ${(error as Error).message}`)
    }
  }
  return entry
}

/** Arguments by name: a tuple in the order of the class, or a dictionary. */
function named(given: unknown, python: PythonClass): Record<string, unknown> {
  const names = Object.keys(python.arguments)
  const entries: [string, unknown][] = Array.isArray(given)
    ? given.map((value, index) => [names[index] ?? `argument ${index + 1}`, value])
    : Object.entries(given as object)
  return Object.fromEntries(entries.map(([name, value]) => [name, withNames(value)]))
}

/** `sys.stdout` as the text that dictConfig has for it. */
function withNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNames)
  const name = (value as { name?: unknown } | null)?.name
  return typeof name === 'string' ? `ext://${name}` : value
}

function words(list: string | undefined): string[] {
  return (list ?? '')
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
