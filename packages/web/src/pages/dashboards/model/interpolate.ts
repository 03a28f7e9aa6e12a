import { alternatives, valueFormats } from './formats.ts'
import { durationText, rateIntervalMs } from './interval.ts'

/** What a variable stands for now. */
export interface VariableValue {
  readonly values: readonly string[]
  /** True when several values can be chosen, or All: its values are then regular expressions' literals. */
  readonly many: boolean
  /** What All was defined to stand for, when All is chosen: it goes into queries as it is. */
  readonly all?: string | undefined
  /** Words for titles instead of the values: `All`. */
  readonly words?: string | undefined
}

/** All that texts of a dashboard can speak of. */
export interface Scope {
  readonly variables: ReadonlyMap<string, VariableValue>
  readonly fromMs: number
  readonly toMs: number
  /** The step of the query. */
  readonly intervalMs: number
}

interface Reference {
  readonly name: string
  readonly format: string | undefined
}

const references = /\$(\w+)|\$\{(\w+)(?::([^}]*))?\}|\[\[(\w+)(?::([^\]]*))?\]\]/g

function referenceOf(match: RegExpExecArray): Reference {
  const [, plain, braced, format, bracketed, other] = match
  return { name: plain ?? braced ?? bracketed ?? '', format: format ?? other }
}

/** Replaces each reference; what is no variable (`$1` of label_replace) stays as it is. */
function replaceReferences(text: string, replace: (reference: Reference, at: number) => string | undefined): string {
  let result = ''
  let end = 0
  for (const match of text.matchAll(references)) {
    const value = replace(referenceOf(match), match.index)
    if (value === undefined) continue
    result += text.slice(end, match.index) + value
    end = match.index + match[0].length
  }
  return result + text.slice(end)
}

/** Values that are there without being defined. */
function builtIn({ name, format }: Reference, { fromMs, toMs, intervalMs }: Scope): string | undefined {
  switch (name) {
    case '__interval':
    case '__auto':
      return durationText(intervalMs)
    case '__interval_ms':
      return String(intervalMs)
    case '__rate_interval':
      return durationText(rateIntervalMs(intervalMs))
    case '__rate_interval_ms':
      return String(rateIntervalMs(intervalMs))
    case '__range':
      return `${rangeSeconds(fromMs, toMs)}s`
    case '__range_s':
      return String(rangeSeconds(fromMs, toMs))
    case '__range_ms':
      return String(toMs - fromMs)
    case '__from':
      return timeText(fromMs, format)
    case '__to':
      return timeText(toMs, format)
    default:
      return undefined
  }
}

function rangeSeconds(fromMs: number, toMs: number): number {
  return Math.max(1, Math.round((toMs - fromMs) / 1000))
}

/** Milliseconds, or with `:date` RFC 3339 and with `:date:seconds` seconds. */
function timeText(ms: number, format: string | undefined): string {
  if (format === 'date:seconds') return String(Math.floor(ms / 1000))
  return format === 'date' || format === 'date:iso' ? new Date(ms).toISOString() : String(ms)
}

/**
 * A query of either language with its variables filled in. Where a variable stands decides how: in a string its value is
 * escaped as that string needs it; several values, or one of a variable that could have several, become a regular
 * expression that matches exactly these (`(a|b)`), save for one value behind `=`, which stays plain. The value of a variable
 * that can have but one goes in unescaped: people type expressions there.
 */
export function interpolateQuery(text: string, scope: Scope): string {
  const places = stringPlaces(text)
  return replaceReferences(text, (reference, at) => {
    const known = builtIn(reference, scope)
    if (known !== undefined) return known
    const variable = scope.variables.get(reference.name)
    if (variable === undefined) return undefined
    if (variable.all !== undefined && reference.format === undefined) return variable.all
    if (variable.values.length === 1 && variable.values[0] === autoInterval) return durationText(scope.intervalMs)
    if (reference.format !== undefined) {
      const format = valueFormats[reference.format] ?? valueFormats.glob
      const written = format?.(variable.values, reference.name) ?? ''
      return reference.format === 'regex' ? quoted(written, placeAt(places, at)?.quote) : written
    }
    const place = placeAt(places, at)
    return quoted(plainValue(variable, place), place?.quote)
  })
}

/** The value of an interval variable that follows the width of the panel. */
export const autoInterval = 'auto'

function plainValue({ values, many }: VariableValue, place: StringPlace | undefined): string {
  const [only] = values
  // Without a value there is nothing to narrow by.
  if (only === undefined) return many ? '.*' : ''
  if (values.length === 1 && (!many || place === undefined || place.literal)) return only
  return alternatives(values)
}

/** A text as it is written inside a string; a backtick cannot be written in one of backticks. */
function quoted(text: string, quote: string | undefined): string {
  if (quote !== '"' && quote !== "'") return text
  return text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n')
}

interface StringPlace {
  readonly start: number
  readonly end: number
  readonly quote: string
  /** Behind an operator that compares whole texts, not by a regular expression. */
  readonly literal: boolean
}

function placeAt(places: readonly StringPlace[], at: number): StringPlace | undefined {
  return places.find(({ start, end }) => at >= start && at < end)
}

/** Where the strings of a query are; comments are passed over. */
function stringPlaces(text: string): StringPlace[] {
  const places: StringPlace[] = []
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (char === '#') {
      const line = text.indexOf('\n', at)
      at = line < 0 ? text.length : line
    } else if (char === '"' || char === "'" || char === '`') {
      let end = at + 1
      while (end < text.length && text[end] !== char) end += char !== '`' && text[end] === '\\' ? 2 : 1
      const before = text.slice(0, at).trimEnd()
      places.push({ start: at + 1, end, quote: char, literal: /=$/.test(before) })
      at = end
    }
  }
  return places
}

/** A title, a legend or a text for people: several values are joined by ` + `. */
export function interpolateText(text: string, scope: Scope): string {
  return replaceReferences(text, (reference) => {
    const known = builtIn(reference, scope)
    if (known !== undefined) return known
    const variable = scope.variables.get(reference.name)
    if (variable === undefined) return undefined
    if (reference.format === undefined || reference.format === 'text') {
      return variable.words ?? valueFormats.text?.(variable.values, reference.name)
    }
    return (valueFormats[reference.format] ?? valueFormats.glob)?.(variable.values, reference.name)
  })
}

/** Names of the variables that a text speaks of; those that are built in are not among them. */
export function referencesIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(references)].map((match) => referenceOf(match).name))
}
