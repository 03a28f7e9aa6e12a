import type { RuleQuery } from '../rules/rule.ts'

/** Where one sees the query of an alert: the page of its language in the web app. */
export function generatorUrl(externalUrl: string, { language, text }: RuleQuery): string {
  const page = language === 'promql' ? '/explore/metrics' : '/logs'
  return `${externalUrl.replace(/\/+$/, '')}${page}?${new URLSearchParams({ q: text })}`
}
