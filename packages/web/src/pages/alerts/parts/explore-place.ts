import type { RuleLanguage } from '@girok/server/contract'

/** Where a query of a rule is looked at: path and query string. */
export function explorePlace(
  language: RuleLanguage,
  query: string,
  range: { readonly from: string; readonly to: string } = { from: 'now-1h', to: 'now' },
): readonly [path: string, search: string] {
  const search = new URLSearchParams({ q: query, ...range })
  return [language === 'promql' ? '/explore/metrics' : '/logs', `?${search}`]
}

/** Where a rule is made of a query. */
export function newRuleSearch(language: RuleLanguage, query: string): string {
  return `?${new URLSearchParams({ language, query })}`
}
