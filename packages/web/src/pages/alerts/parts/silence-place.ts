import { type LabelMatcher, matchersOfLabels, matcherText, readMatcher } from './matcher-text.ts'

/** The query string of a form for a new silence of what has these labels. */
export function silenceSearch(labels: Readonly<Record<string, string>>): string {
  return matcherSearch(matchersOfLabels(labels))
}

/** The same with any matchers. */
export function matcherSearch(matchers: readonly LabelMatcher[]): string {
  const params = new URLSearchParams({ new: '1' })
  for (const matcher of matchers) params.append('m', matcherText(matcher))
  return `?${params}`
}

/** The matchers that an address holds; what is none is left out. */
export function matchersOfAddress(params: URLSearchParams): LabelMatcher[] {
  return params.getAll('m').flatMap((text) => readMatcher(text) ?? [])
}
