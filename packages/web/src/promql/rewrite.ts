import { QueryError } from '@girok/query'
import { parsePromQL, selectorsOf, type VectorSelector } from '@girok/query/promql'
import { selectorText, type WrittenMatcher } from './selector-text.ts'

/**
 * The query with a matcher more in each selector of a metric; a matcher of the same label gives way to it. A query that
 * cannot be read, or does not speak of the metric, becomes the metric with that matcher.
 */
export function withMatcher(query: string, metric: string, matcher: WrittenMatcher): string {
  const written = withSelectors(query, metric, (others) =>
    selectorText(metric, [...others.filter(({ name }) => name !== matcher.name), matcher]),
  )
  return written ?? selectorText(metric, [matcher])
}

/** The query with another metric in the place of one, its matchers kept; as it is where it does not speak of the one. */
export function withMetric(query: string, metric: string, other: string): string {
  return withSelectors(query, metric, (matchers) => selectorText(other, matchers)) ?? query
}

/** The query with each selector of a metric written anew by its matchers besides the name; undefined without any. */
function withSelectors(
  query: string,
  metric: string,
  write: (matchers: readonly WrittenMatcher[]) => string,
): string | undefined {
  const selectors = selectorsIn(query).filter((one) => metricOf(one) === metric)
  if (selectors.length === 0) return undefined
  let text = query
  // From the end, so that the places of those before stay.
  for (const { at, matchers } of [...selectors].sort((a, b) => b.at.start - a.at.start)) {
    const others = matchers.filter(({ name }) => name !== '__name__')
    text = text.slice(0, at.start) + write(others) + text.slice(braceEnd(text, at.start))
  }
  return text
}

/** The selectors of a query; none when it cannot be read. */
export function selectorsIn(query: string): readonly VectorSelector[] {
  try {
    return selectorsOf(parsePromQL(query))
  } catch (error) {
    if (error instanceof QueryError) return []
    throw error
  }
}

/** The one metric that a selector reads, if it names one. */
export function metricOf({ name, matchers }: VectorSelector): string | undefined {
  return name ?? matchers.find((one) => one.name === '__name__' && one.op === '=')?.value
}

/** Where name and braces of a selector end that begins at a place: before ranges, offsets and the like. */
function braceEnd(text: string, start: number): number {
  let at = start
  while (at < text.length && /[\w:]/.test(text[at] ?? '')) at += 1
  const nameEnd = at
  while (/\s/.test(text[at] ?? '')) at += 1
  if (text[at] !== '{') return nameEnd
  let quote = ''
  for (at += 1; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (quote === '') {
      if (char === '}') return at + 1
      if (char === '"' || char === "'" || char === '`') quote = char
      else if (char === '#') while (at < text.length && text[at] !== '\n') at += 1
    } else if (char === quote) quote = ''
    else if (char === '\\' && quote !== '`') at += 1
  }
  return at
}
