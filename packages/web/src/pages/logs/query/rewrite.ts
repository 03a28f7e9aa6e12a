import { quote, type ScannedQuery, scan, tokens, unquote } from './scan.ts'

/** Where a field comes from decides how a query can ask for it. */
export type FieldOrigin = 'label' | 'metadata' | 'json' | 'logfmt'

export interface FieldValue {
  readonly name: string
  readonly value: string
  readonly origin: FieldOrigin
}

const parserHeads = new Set(['json', 'logfmt', 'regexp', 'pattern', 'unpack'])
const lineFilterHeads = new Set(['|=', '|~', '|>', '!=', '!~', '!>'])

/** Adds a condition that a field has a value. A second value of the same label widens the condition to both. */
export function includeValue(query: string, field: FieldValue): string {
  const seen = scan(query)
  if (seen.kind !== 'log' || seen.selector === undefined) return query
  if (field.origin !== 'label') return appendFilter(dropFilter(query, field, '!='), field, '=')
  const cleared = dropMatcher(query, field.name, '!=', field.value)
  const old = scan(cleared).matchers.find((m) => m.name === field.name && (m.op === '=' || m.op === '=~'))
  if (old === undefined) return insertMatcher(cleared, field.name, '=', field.value)
  if (old.op === '=' && old.value === field.value) return cleared
  const choices = old.op === '=' ? [escapeRegex(old.value)] : splitAlternatives(old.value)
  if (choices === undefined) return replaceAt(cleared, old.start, old.end, `${field.name}=${quote(field.value)}`)
  if (!choices.includes(escapeRegex(field.value))) choices.push(escapeRegex(field.value))
  return replaceAt(cleared, old.start, old.end, `${field.name}=~${quote(choices.join('|'))}`)
}

/** Adds a condition that a field does not have a value; takes back an earlier inclusion of the same value. */
export function excludeValue(query: string, field: FieldValue): string {
  const seen = scan(query)
  if (seen.kind !== 'log' || seen.selector === undefined) return query
  if (field.origin !== 'label') return appendFilter(dropFilter(query, field, '='), field, '!=')
  const equal = seen.matchers.find((m) => m.name === field.name && m.op === '=' && m.value === field.value)
  // The selector must keep one matcher that does not match the empty value.
  if (equal !== undefined && seen.matchers.length > 1) {
    return excludeValue(dropMatcher(query, field.name, '=', field.value), field)
  }
  if (equal !== undefined) {
    const both = `${field.name}=~".+", ${field.name}!=${quote(field.value)}`
    return replaceAt(query, equal.start, equal.end, both)
  }
  if (seen.matchers.some((m) => m.name === field.name && m.op === '!=' && m.value === field.value)) return query
  return insertMatcher(query, field.name, '!=', field.value)
}

/** Replaces every condition on the field by this one value. */
export function onlyValue(query: string, field: FieldValue): string {
  let next = query
  for (;;) {
    const seen = scan(next)
    if (seen.kind !== 'log') return query
    const matcher = field.origin === 'label' ? seen.matchers.find((m) => m.name === field.name) : undefined
    if (matcher !== undefined) {
      next = removeMatcherAt(next, seen, matcher.start, matcher.end)
      continue
    }
    const stage = seen.stages.find((s) => s.head === field.name)
    if (stage === undefined) break
    next = cutStage(next, stage.start, stage.end)
  }
  return includeValue(next, field)
}

/** Adds a line filter for a text. */
export function includeText(query: string, text: string, negative = false): string {
  return appendStage(query, `${negative ? '!=' : '|='} ${quote(text)}`)
}

/** A text without any LogQL in it becomes a search for that text in all lines, whatever its case. */
export function wrapText(text: string, selector: string): string {
  return `${selector} |~ ${quote(`(?i)${escapeRegex(text.trim())}`)}`
}

/** The query without its last stage; undefined when it has none. */
export function withoutStage(query: string, index: number): string | undefined {
  const stage = scan(query).stages[index]
  return stage === undefined ? undefined : cutStage(query, stage.start, stage.end)
}

/** Texts of `|=` filters, for marking them in the rows. */
export function searchedTexts(query: string): string[] {
  const seen = scan(query)
  const found: string[] = []
  for (const stage of seen.stages) {
    if (stage.head !== '|=' && stage.head !== '|~') continue
    for (const token of tokens(query.slice(stage.start, stage.end))) {
      if (token.kind !== 'string') continue
      const text = unquote(token.text).replace(/^\(\?i\)/, '')
      const literal = stage.head === '|=' ? text : text.replace(/\\(\W)/g, '$1')
      const plain = stage.head === '|=' || escapeRegex(literal) === text
      if (plain && literal.length > 0) found.push(literal)
    }
  }
  return found
}

/** The query with the parser that a field from the line needs, unless one is there already. */
export function withParser(query: string, origin: FieldOrigin): string {
  const seen = scan(query)
  const needs = seen.kind === 'log' && (origin === 'json' || origin === 'logfmt')
  return needs && !seen.stages.some((stage) => parserHeads.has(stage.head)) ? appendStage(query, `| ${origin}`) : query
}

/** The selector alone, `{}` when there is none. */
export function selectorOf(query: string): string {
  const { selector } = scan(query)
  return selector === undefined ? '{}' : query.slice(selector.start, selector.end)
}

/**
 * A query that counts the lines of a log query by level in buckets. A line that a parser could not read would fail a
 * metric query, so its error mark is dropped first.
 */
export function countByLevel(query: string, stepMs: number): string {
  const seen = scan(query)
  const parses = seen.stages.some((stage) => !lineFilterHeads.has(stage.head))
  const body = query.slice(0, seen.contentEnd)
  const drop = parses ? ' | drop __error__, __error_details__' : ''
  return `sum by (detected_level) (count_over_time(${body}${drop} [${stepMs}ms]))`
}

function appendFilter(query: string, field: FieldValue, op: '=' | '!='): string {
  const filter = `${field.name}${op}${quote(field.value)}`
  if (scan(query).stages.some((stage) => sameStage(query, stage, `| ${filter}`))) return query
  return appendStage(withParser(query, field.origin), `| ${filter}`)
}

function dropFilter(query: string, field: FieldValue, op: '=' | '!='): string {
  const wanted = `| ${field.name}${op}${quote(field.value)}`
  const stage = scan(query).stages.find((one) => sameStage(query, one, wanted))
  return stage === undefined ? query : cutStage(query, stage.start, stage.end)
}

function sameStage(query: string, stage: { readonly start: number; readonly end: number }, wanted: string): boolean {
  const words = (text: string): string =>
    tokens(text)
      .map((token) => (token.kind === 'string' ? JSON.stringify(unquote(token.text)) : token.text))
      .join(' ')
  return words(query.slice(stage.start, stage.end)) === words(wanted)
}

/** The query with a stage behind its last. */
export function appendStage(query: string, stage: string): string {
  const { contentEnd } = scan(query)
  return `${query.slice(0, contentEnd)} ${stage}${query.slice(contentEnd)}`
}

/** The query without the text of a stage. */
export function cutStage(query: string, start: number, end: number): string {
  return (query.slice(0, start).trimEnd() + query.slice(end)).replace(/[ \t]+$/, '')
}

function insertMatcher(query: string, name: string, op: string, value: string): string {
  const { selector, matchers } = scan(query)
  if (selector === undefined) return query
  const text = `${name}${op}${quote(value)}`
  const last = matchers.at(-1)
  if (last === undefined) return replaceAt(query, selector.start, selector.end, `{${text}}`)
  return replaceAt(query, last.end, last.end, `, ${text}`)
}

function dropMatcher(query: string, name: string, op: string, value: string): string {
  const seen = scan(query)
  const matcher = seen.matchers.find((m) => m.name === name && m.op === op && m.value === value)
  return matcher === undefined ? query : removeMatcherAt(query, seen, matcher.start, matcher.end)
}

function removeMatcherAt(query: string, seen: ScannedQuery, start: number, end: number): string {
  const index = seen.matchers.findIndex((m) => m.start === start)
  const next = seen.matchers[index + 1]
  const before = seen.matchers[index - 1]
  if (next !== undefined) return replaceAt(query, start, next.start, '')
  if (before !== undefined) return replaceAt(query, before.end, end, '')
  return replaceAt(query, start, end, '')
}

export function replaceAt(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end)
}

/** A regular expression that matches exactly a text. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
}

/** `a|b` with each part a plain text; undefined for any other expression. */
function splitAlternatives(pattern: string): string[] | undefined {
  const parts = pattern.split(/(?<!\\)\|/)
  return parts.every((part) => escapeRegex(part.replace(/\\(\W)/g, '$1')) === part) ? parts : undefined
}
