export type Params = Readonly<Record<string, string | number>>

const rules = new Map<string, Intl.PluralRules>()

/**
 * Fills a message. `{name}` stands for a parameter; `{name|one|other}` chooses a word by the plural rule of the
 * language for the number `name` (formatted numbers may be passed beside it under another name).
 */
export function formatMessage(message: string, locale: string, params: Params = {}): string {
  return message.replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
    const value = params[name]
    if (value === undefined) return whole
    if (one === undefined || other === undefined) return String(value)
    let rule = rules.get(locale)
    if (rule === undefined) {
      rule = new Intl.PluralRules(locale)
      rules.set(locale, rule)
    }
    return rule.select(Number(value)) === 'one' ? one : other
  })
}

/** Names of the parameters of a message, sorted, each once. */
export function placeholders(message: string): string[] {
  return [...new Set([...message.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? ''))].sort()
}
