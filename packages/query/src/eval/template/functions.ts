import type { RE2JS } from 're2js'
import { QueryError } from '../../text/error.ts'
import { compileRe2 } from '../regex/test.ts'
import { float64Of, parseByteSize, parseGoDuration } from '../values/parse.ts'

export type TemplateValue = string | number | boolean

/** Thrown by a function that cannot work with its arguments: the line keeps its form and gets `TemplateFormatErr`. */
export class TemplateFault extends Error {}

/** Arguments as written, the piped value last. The count has been checked against `arity`. */
export interface TemplateFunction {
  readonly least: number
  readonly most: number
  readonly call: (args: readonly TemplateValue[]) => TemplateValue
}

const text = (value: TemplateValue | undefined): string => (value === undefined ? '' : String(value))

function whole(value: TemplateValue | undefined): number {
  return Math.trunc(float(value))
}

function float(value: TemplateValue | undefined): number {
  if (typeof value === 'number') return value
  const parsed = float64Of(text(value).trim())
  return parsed ?? 0
}

function fixed(count: number, call: TemplateFunction['call']): TemplateFunction {
  return { least: count, most: count, call }
}
function atLeast(count: number, call: TemplateFunction['call']): TemplateFunction {
  return { least: count, most: Number.POSITIVE_INFINITY, call }
}
function onText(change: (value: string) => string): TemplateFunction {
  return fixed(1, ([value]) => change(text(value)))
}
function fold(from: (value: TemplateValue) => number, combine: (a: number, b: number) => number): TemplateFunction {
  return atLeast(1, (args) => args.map((arg) => from(arg)).reduce((a, b) => combine(a, b)))
}

function trunc(length: number, value: string): string {
  if (length < 0) return value.length + length > 0 ? value.slice(length) : value
  return value.slice(0, length)
}

function substring(start: number, end: number, value: string): string {
  if (start < 0) return value.slice(0, Math.max(end, 0))
  return end < 0 || end > value.length ? value.slice(start) : value.slice(start, end)
}

function trimSet(value: string, set: string, left: boolean, right: boolean): string {
  const characters = [...value]
  let from = 0
  let to = characters.length
  while (left && from < to && set.includes(characters[from] as string)) from++
  while (right && to > from && set.includes(characters[to - 1] as string)) to--
  return characters.slice(from, to).join('')
}

function replaceCounted(value: string, from: string, to: string, count: number): string {
  if (count < 0) return value.replaceAll(from, to)
  let out = value
  let at = 0
  for (let n = 0; n < count; n++) {
    const found = out.indexOf(from, at)
    if (found < 0) break
    out = out.slice(0, found) + to + out.slice(found + from.length)
    at = found + to.length
  }
  return out
}

/** Widths and counts come from log lines as well: none may fill the memory. */
const MAX_REPEAT = 65_536
const MAX_PRECISION = 100

function bounded(count: number, what: string): number {
  if (count > MAX_REPEAT) throw new TemplateFault(`${what}: more than ${MAX_REPEAT} characters`)
  return Math.max(count, 0)
}

const REMEMBERED_PATTERNS = 100
const patterns = new Map<string, RE2JS>()

/** Patterns are arguments, so they are only known while rendering, but nearly always the same. */
function regex(pattern: string): RE2JS {
  const known = patterns.get(pattern)
  if (known !== undefined) return known
  try {
    const compiled = compileRe2(pattern)
    if (patterns.size >= REMEMBERED_PATTERNS) patterns.clear()
    patterns.set(pattern, compiled)
    return compiled
  } catch (error) {
    if (error instanceof QueryError) throw new TemplateFault(error.message)
    throw error
  }
}

function repeat(count: number, value: string): string {
  bounded(count * value.length, 'repeat')
  return value.repeat(bounded(count, 'repeat'))
}

function align(count: number, value: string, right: boolean): string {
  const characters = [...value]
  if (count < 0) return value
  if (characters.length >= count)
    return (right ? characters.slice(-count || characters.length) : characters.slice(0, count)).join('')
  const padding = ' '.repeat(bounded(count - characters.length, 'align'))
  return right ? padding + value : value + padding
}

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g

function printf(format: string, args: readonly TemplateValue[]): string {
  let next = 0
  return format.replace(
    VERB,
    (all, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      if (next >= args.length) return `%!${verb}(MISSING)`
      const value = args[next++] as TemplateValue
      let shown: string
      if (verb === 's' || verb === 'v')
        shown = precision === undefined ? text(value) : text(value).slice(0, Number(precision))
      else if (verb === 'q') shown = JSON.stringify(text(value))
      else if (verb === 'd')
        shown = typeof value === 'number' ? String(Math.trunc(value)) : `%!d(string=${text(value)})`
      else if (verb === 'f')
        shown =
          typeof value === 'number'
            ? value.toFixed(Math.min(Number(precision ?? 6), MAX_PRECISION))
            : `%!f(string=${text(value)})`
      else if (verb === 't') shown = text(value)
      else throw new TemplateFault(`printf: the verb ${all} is not supported yet`)
      if (width === undefined) return shown
      bounded(Number(width), 'printf')
      if (flags.includes('-')) return shown.padEnd(Number(width))
      return shown.padStart(Number(width), flags.includes('0') ? '0' : ' ')
    },
  )
}

const lower = onText((value) => value.toLowerCase())
const upper = onText((value) => value.toUpperCase())
const trimSpace = onText((value) => value.trim())
const seconds = fixed(1, ([value]) => {
  const parsed = parseGoDuration(text(value))
  if (parsed.fault !== undefined) throw new TemplateFault(parsed.fault)
  return Number(parsed.value) / 1e9
})
function quotient(a: number, b: number): number {
  if (b === 0) throw new TemplateFault('integer divide by zero')
  return Math.trunc(a / b)
}

/** Functions of `line_format` and `label_format`, by name. One entry each; a new one is a new line here. */
export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['ToLower', lower],
  ['lower', lower],
  ['ToUpper', upper],
  ['upper', upper],
  [
    'title',
    onText((value) =>
      value.replace(
        /(^|[^\p{L}\p{N}'_])(\p{L})/gu,
        (_all, before: string, letter: string) => before + letter.toUpperCase(),
      ),
    ),
  ],
  ['trim', trimSpace],
  ['TrimSpace', trimSpace],
  ['Trim', fixed(2, ([value, set]) => trimSet(text(value), text(set), true, true))],
  ['TrimLeft', fixed(2, ([value, set]) => trimSet(text(value), text(set), true, false))],
  ['TrimRight', fixed(2, ([value, set]) => trimSet(text(value), text(set), false, true))],
  ['trimAll', fixed(2, ([set, value]) => trimSet(text(value), text(set), true, true))],
  ['TrimPrefix', fixed(2, ([value, prefix]) => withoutPrefix(text(value), text(prefix)))],
  ['trimPrefix', fixed(2, ([prefix, value]) => withoutPrefix(text(value), text(prefix)))],
  ['TrimSuffix', fixed(2, ([value, suffix]) => withoutSuffix(text(value), text(suffix)))],
  ['trimSuffix', fixed(2, ([suffix, value]) => withoutSuffix(text(value), text(suffix)))],
  ['trunc', fixed(2, ([length, value]) => trunc(whole(length), text(value)))],
  ['substr', fixed(3, ([start, end, value]) => substring(whole(start), whole(end), text(value)))],
  ['contains', fixed(2, ([part, value]) => text(value).includes(text(part)))],
  ['hasPrefix', fixed(2, ([part, value]) => text(value).startsWith(text(part)))],
  ['hasSuffix', fixed(2, ([part, value]) => text(value).endsWith(text(part)))],
  ['replace', fixed(3, ([from, to, value]) => text(value).replaceAll(text(from), text(to)))],
  ['Replace', fixed(4, ([value, from, to, count]) => replaceCounted(text(value), text(from), text(to), whole(count)))],
  [
    'regexReplaceAll',
    fixed(3, ([pattern, value, to]) => regex(text(pattern)).matcher(text(value)).replaceAll(text(to))),
  ],
  ['count', fixed(2, ([pattern, value]) => countMatches(text(pattern), text(value)))],
  ['repeat', fixed(2, ([count, value]) => repeat(whole(count), text(value)))],
  ['alignLeft', fixed(2, ([count, value]) => align(whole(count), text(value), false))],
  ['alignRight', fixed(2, ([count, value]) => align(whole(count), text(value), true))],
  ['indent', fixed(2, ([count, value]) => indent(whole(count), text(value)))],
  ['nindent', fixed(2, ([count, value]) => `\n${indent(whole(count), text(value))}`)],
  [
    'urlencode',
    onText((value) =>
      encodeURIComponent(value)
        .replace(/[!'()*]/g, percent)
        .replaceAll('%20', '+'),
    ),
  ],
  ['urldecode', onText(urlDecode)],
  [
    'default',
    fixed(2, ([fallback, value]) =>
      value === '' || value === 0 || value === false ? (fallback as TemplateValue) : (value as TemplateValue),
    ),
  ],
  ['int', fixed(1, ([value]) => whole(value))],
  ['float64', fixed(1, ([value]) => float(value))],
  ['add', fold(whole, (a, b) => a + b)],
  ['sub', fold(whole, (a, b) => a - b)],
  ['mul', fold(whole, (a, b) => a * b)],
  ['div', fold(whole, quotient)],
  ['mod', fold(whole, (a, b) => a - b * quotient(a, b))],
  ['addf', fold(float, (a, b) => a + b)],
  ['subf', fold(float, (a, b) => a - b)],
  ['mulf', fold(float, (a, b) => a * b)],
  ['divf', fold(float, (a, b) => a / b)],
  ['max', fold(whole, Math.max)],
  ['min', fold(whole, Math.min)],
  ['maxf', fold(float, Math.max)],
  ['minf', fold(float, Math.min)],
  ['ceil', fixed(1, ([value]) => Math.ceil(float(value)))],
  ['floor', fixed(1, ([value]) => Math.floor(float(value)))],
  ['bytes', fixed(1, ([value]) => sizeInBytes(text(value)))],
  ['duration', seconds],
  ['duration_seconds', seconds],
  ['printf', atLeast(1, ([format, ...args]) => printf(text(format), args))],
  ['print', atLeast(0, (args) => args.map(text).join(''))],
  ['len', fixed(1, ([value]) => new TextEncoder().encode(text(value)).length)],
  ['eq', fixed(2, ([a, b]) => a === b)],
  ['ne', fixed(2, ([a, b]) => a !== b)],
  ['not', fixed(1, ([value]) => value === '' || value === 0 || value === false)],
])

function withoutPrefix(value: string, prefix: string): string {
  return value.startsWith(prefix) ? value.slice(prefix.length) : value
}
function withoutSuffix(value: string, suffix: string): string {
  return suffix !== '' && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value
}
function indent(count: number, value: string): string {
  const padding = repeat(count, ' ')
  return padding + value.replaceAll('\n', `\n${padding}`)
}
function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
function urlDecode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    throw new TemplateFault(`urldecode: invalid URL escape in ${JSON.stringify(value)}`)
  }
}
function countMatches(pattern: string, value: string): number {
  const matcher = regex(pattern).matcher(value)
  let count = 0
  while (matcher.find()) count++
  return count
}
function sizeInBytes(value: string): number {
  const parsed = parseByteSize(value)
  if (parsed.fault !== undefined) throw new TemplateFault(parsed.fault)
  return parsed.value
}
