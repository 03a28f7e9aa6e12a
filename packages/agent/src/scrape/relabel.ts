import { createHash } from 'node:crypto'
import { compileWholePattern, QueryError, type WholePattern } from '@girok/query'
import { ConfigProblem } from '../model/problem.ts'
import type { Labels } from '../model/source.ts'

/** Labels as the rules leave them, without empty ones; undefined when a rule drops what they belong to. */
export type Relabel = (labels: Labels) => Map<string, string> | undefined

/** Works on labels in place; false drops them. */
type Rule = (labels: Map<string, string>) => boolean

const KEYS = ['source_labels', 'separator', 'regex', 'modulus', 'target_label', 'replacement', 'action'] as const
type Key = (typeof KEYS)[number]

interface RuleReader {
  readonly names: NameRules
  has(key: Key): boolean
  text(key: Key, otherwise: string): string
  sources(): string[]
  pattern(): WholePattern
  /** A label name that has to be given. */
  target(): string
  modulus(): bigint
  fail(key: Key | undefined, message: string): never
}

interface Action {
  /** Keys besides `action` that mean something; the others are refused, because they would be ignored. */
  readonly keys: readonly Key[]
  compile(read: RuleReader): Rule
}

/** `classic` names are made of ASCII letters, digits and underscores; `utf8` takes any text, as Prometheus does since 3.0. */
export type NameScheme = 'classic' | 'utf8'

interface NameRules {
  readonly name: RegExp
  /** A name in which parts may be references such as `$1`. */
  readonly template: RegExp
}

const NAME_RULES: Readonly<Record<NameScheme, NameRules>> = {
  classic: { name: /^[a-zA-Z_][a-zA-Z0-9_]*$/, template: /^(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))\w*)+$/ },
  utf8: { name: /./s, template: /./s },
}

const ALL: readonly Key[] = ['source_labels', 'separator', 'regex', 'modulus', 'target_label', 'replacement']

function put(labels: Map<string, string>, name: string, value: string): void {
  if (value === '') labels.delete(name)
  else labels.set(name, value)
}

/** What the source labels say together. */
function joined(read: RuleReader): (labels: Labels) => string {
  const sources = read.sources()
  const separator = read.text('separator', ';')
  if (sources.length === 1) {
    const only = sources[0] as string
    return (labels) => labels.get(only) ?? ''
  }
  return (labels) => sources.map((name) => labels.get(name) ?? '').join(separator)
}

function filtering(kept: boolean): Action {
  return {
    keys: ALL,
    compile(read) {
      const pattern = read.pattern()
      const value = joined(read)
      return (labels) => pattern.matches(value(labels)) === kept
    },
  }
}

function comparing(kept: boolean): Action {
  return {
    keys: ['source_labels', 'target_label'],
    compile(read) {
      const target = read.target()
      const value = joined(read)
      return (labels) => (value(labels) === (labels.get(target) ?? '')) === kept
    },
  }
}

function changing(change: (value: string) => string): Action {
  return {
    keys: ['source_labels', 'separator', 'target_label', 'regex', 'modulus'],
    compile(read) {
      const target = read.target()
      const value = joined(read)
      return (labels) => {
        put(labels, target, change(value(labels)))
        return true
      }
    },
  }
}

function choosing(kept: boolean): Action {
  return {
    keys: ['regex'],
    compile(read) {
      const pattern = read.pattern()
      return (labels) => {
        for (const name of [...labels.keys()]) if (pattern.matches(name) !== kept) labels.delete(name)
        return true
      }
    },
  }
}

const replace: Action = {
  keys: ALL,
  compile(read) {
    const name = read.text('target_label', '')
    if (name === '') read.fail('target_label', 'is needed by the action replace; name the label to write')
    if (!read.names.template.test(name)) read.fail('target_label', `${JSON.stringify(name)} is no label name`)
    const pattern = read.pattern()
    const target = name.includes('$') ? pattern.expander(name) : undefined
    const filled = pattern.expander(read.text('replacement', '$1'))
    const value = joined(read)
    return (labels) => {
      const source = value(labels)
      const result = filled(source)
      if (result === undefined) return true
      const to = target === undefined ? name : (target(source) as string)
      if (read.names.name.test(to)) put(labels, to, result)
      return true
    }
  },
}

const hashmod: Action = {
  keys: ALL,
  compile(read) {
    const target = read.target()
    const modulus = read.modulus()
    const value = joined(read)
    return (labels) => {
      const low = createHash('md5').update(value(labels)).digest().readBigUInt64BE(8)
      labels.set(target, String(low % modulus))
      return true
    }
  },
}

const labelmap: Action = {
  keys: ALL,
  compile(read) {
    const replacement = read.text('replacement', '$1')
    if (!read.names.template.test(replacement)) {
      read.fail('replacement', `${JSON.stringify(replacement)} makes no label name`)
    }
    const filled = read.pattern().expander(replacement)
    return (labels) => {
      for (const [name, value] of [...labels]) {
        const to = filled(name)
        if (to !== undefined && to !== '') put(labels, to, value)
      }
      return true
    }
  },
}

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['replace', replace],
  ['keep', filtering(true)],
  ['drop', filtering(false)],
  ['keepequal', comparing(true)],
  ['dropequal', comparing(false)],
  ['hashmod', hashmod],
  ['labelmap', labelmap],
  ['labeldrop', choosing(false)],
  ['labelkeep', choosing(true)],
  ['lowercase', changing((value) => value.toLowerCase())],
  ['uppercase', changing((value) => value.toUpperCase())],
])

/**
 * Compiles `relabel_configs` or `metric_relabel_configs` of Prometheus, with its meaning: patterns are RE2 and match whole
 * values, an empty value is a label that is not there. Undefined and null are no rules.
 *
 * @param configs the list as read from YAML
 * @param at where it stands, for messages: `scrape_configs[0].relabel_configs`
 * @param names which label names rules may write
 * @throws ConfigProblem that names the place; its keys lead there from `configs`
 */
export function compileRelabel(configs: unknown, at: string, names: NameScheme = 'classic'): Relabel {
  const list = configs ?? []
  if (!Array.isArray(list)) throw new ConfigProblem(`${at}: expected a list of relabelling rules`, [])
  const rules = list.map((config, index) => compileRule(config, index, `${at}[${index}]`, NAME_RULES[names]))
  return (labels) => {
    const changed = new Map(labels)
    for (const [name, value] of labels) if (value === '') changed.delete(name)
    for (const rule of rules) if (!rule(changed)) return undefined
    return changed
  }
}

function compileRule(config: unknown, index: number, at: string, names: NameRules): Rule {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new ConfigProblem(`${at}: expected a rule, such as {action: drop, source_labels: [name], regex: value}`, [
      index,
    ])
  }
  const read = ruleReader(config, index, at, names)
  for (const key of Object.keys(config)) {
    if (!(KEYS as readonly string[]).includes(key)) {
      throw new ConfigProblem(`${at}.${key}: no such key; a rule has ${KEYS.join(', ')}`, [index, key])
    }
  }
  const name = read.text('action', 'replace').toLowerCase()
  const action = ACTIONS.get(name)
  if (action === undefined) {
    return read.fail('action', `${JSON.stringify(name)} is no action; there are ${[...ACTIONS.keys()].join(', ')}`)
  }
  const unused = KEYS.find((key) => key !== 'action' && read.has(key) && !action.keys.includes(key))
  if (unused !== undefined) read.fail(unused, `means nothing to the action ${name}; remove it`)
  return action.compile(read)
}

function ruleReader(
  config: Readonly<Partial<Record<Key, unknown>>>,
  index: number,
  at: string,
  names: NameRules,
): RuleReader {
  const fail = (key: Key | undefined, message: string): never => {
    if (key === undefined) throw new ConfigProblem(`${at}: ${message}`, [index])
    throw new ConfigProblem(`${at}.${key}: ${message}`, [index, key])
  }
  const text = (key: Key, otherwise: string): string => {
    const value = config[key]
    if (value === undefined || value === null) return otherwise
    if (typeof value === 'string') return value
    // YAML reads 8080 as a number and true as a boolean, where Prometheus takes the text.
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return fail(key, 'expected a text')
  }
  return {
    names,
    fail,
    text,
    has: (key) => config[key] !== undefined && config[key] !== null,
    sources() {
      const value = config.source_labels
      if (value === undefined || value === null) return []
      if (!Array.isArray(value) || value.some((name) => typeof name !== 'string' || name === '')) {
        return fail('source_labels', 'expected a list of label names, such as [__address__]')
      }
      return value as string[]
    },
    pattern() {
      try {
        return compileWholePattern(text('regex', '(.*)'))
      } catch (error) {
        if (!(error instanceof QueryError)) throw error
        return fail('regex', error.message.replace('parse error : ', ''))
      }
    },
    target() {
      const name = text('target_label', '')
      if (name === '') fail('target_label', `is needed by the action ${text('action', '').toLowerCase()}`)
      if (!names.name.test(name)) fail('target_label', `${JSON.stringify(name)} is no label name`)
      return name
    },
    modulus() {
      const value = config.modulus
      if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return BigInt(value)
      return fail('modulus', 'expected a whole number from 1, into how many parts targets are divided')
    },
  }
}
