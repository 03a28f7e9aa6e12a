import type { Paint } from './colors.ts'
import { readable } from './text.ts'
import { jsonValue } from './value.ts'

const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/

/**
 * A value for reading: texts without quotes where that is clear, texts of several lines as a block, objects and lists on
 * one line up to `width` columns and else member by member. Undefined for undefined. Never throws.
 */
export function prettyValue(value: unknown, width: number): string | undefined {
  // By way of JSON, which has dealt with rings, getters, dates and classes already.
  const json = jsonValue(value)
  return json === undefined ? undefined : topLevel(JSON.parse(json), width)
}

function topLevel(value: unknown, width: number): string {
  if (typeof value !== 'string') return nested(value, width)
  if (value.includes('\n')) return `\n  ${lines(value).join('\n  ')}`
  return value === '' || /^\s|\s$|["=]| {2}/.test(value) ? quoted(value) : readable(value)
}

const lines = (text: string) => text.replace(/\n$/, '').split('\n').map(readable)

const quoted = (text: string) =>
  `'${readable(text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n'))}'`

function nested(value: unknown, width: number): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const list = Array.isArray(value)
  const members: readonly (readonly [key: string, value: unknown])[] = list
    ? value.map((item) => ['', item])
    : Object.entries(value).map(([key, item]) => [`${PLAIN_KEY.test(key) ? key : quoted(key)}: `, item])
  if (members.length === 0) return list ? '[]' : '{}'
  const texts = members.map(([key, item]) => key + nested(item, width - 2 - key.length))
  const line = list ? `[${texts.join(', ')}]` : `{ ${texts.join(', ')} }`
  if (line.length <= width && !line.includes('\n')) return line
  const body = texts.map((text) => `  ${text.replaceAll('\n', '\n  ')}`).join(',\n')
  return list ? `[\n${body}\n]` : `{\n${body}\n}`
}

/** An error with stack, members of its own and causes, indented by four columns. Never throws. */
export function prettyError(key: string, error: Error, brush: Paint): string {
  const seen = new Set<unknown>()
  let text = ''
  try {
    let label = key
    for (let current: unknown = error; current instanceof Error && !seen.has(current); current = current.cause) {
      text += `${text === '' ? '' : '\n'}${oneError(label, current, brush)}`
      seen.add(current)
      label = 'caused by'
      if (!(current instanceof AggregateError)) continue
      for (const one of current.errors) if (one instanceof Error) text += `\n${oneError('one of', one, brush)}`
    }
    return text
  } catch {
    return `${text}${text === '' ? '' : '\n'}    ${brush('dim', key)}  [threw while it was read]`
  }
}

function oneError(label: string, error: Error, brush: Paint): string {
  const stack = String(error.stack ?? '')
  // The stack of V8 repeats name and message before its first frame.
  const at = stack.search(/^\s+at /m)
  const frames = at === -1 ? '' : stack.slice(at)
  const title = readable(at > 0 ? stack.slice(0, at).trimEnd() : `${error.name}: ${error.message}`)
  const own = Object.keys(error)
    .filter((name) => name !== 'stack' && name !== 'message' && name !== 'cause')
    .map(
      (name) =>
        `\n        ${readable(name)}  ${prettyValue((error as unknown as Record<string, unknown>)[name], 80)?.replaceAll('\n', '\n        ')}`,
    )
    .join('')
  const below = lines(frames)
    .filter((line) => line.trim() !== '')
    .map((line) => `\n        ${brush('dim', line.trim())}`)
    .join('')
  return `    ${brush('dim', label)}  ${brush('red', title.replaceAll('\n', '\n    '))}${own}${below}`
}
