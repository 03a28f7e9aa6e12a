import type { Scrub } from './patterns.ts'

/** What to do with a member, by its name alone. */
export interface NameVerdict {
  readonly secret: boolean
  /** Excluded: stays as it is, with all that is in it. */
  readonly keep: boolean
  /** The name to show; another one when the name itself holds a secret. */
  readonly shown: string
}

export interface NameRuleOptions {
  readonly keys: readonly (string | RegExp)[]
  readonly keep: readonly RegExp[]
  readonly exactKeys: boolean
  readonly scrub: Scrub | undefined
}

/** Programs have few names; those that are made of data are judged again each time. */
const MAX_KEPT = 4096
const MAX_KEPT_LENGTH = 128

/** Judges names. Verdicts are kept, so that a name costs one look-up however many rules there are. */
export function nameRules({ keys, keep, exactKeys, scrub }: NameRuleOptions): (name: string) => NameVerdict {
  const folded = exactKeys ? (name: string) => name : fold
  const names = new Set(keys.filter((key) => typeof key === 'string').map(folded))
  const expressions = keys.filter((key) => key instanceof RegExp).map(stateless)
  const kept = keep.map(stateless)
  const verdicts = new Map<string, NameVerdict>()

  function judge(name: string): NameVerdict {
    return {
      secret: names.has(folded(name)) || expressions.some((expression) => expression.test(name)),
      keep: kept.some((expression) => expression.test(name)),
      shown: scrub === undefined ? name : scrub(name),
    }
  }

  return (name) => {
    let verdict = verdicts.get(name)
    if (verdict === undefined) {
      verdict = judge(name)
      if (verdicts.size < MAX_KEPT && name.length <= MAX_KEPT_LENGTH) verdicts.set(name, verdict)
    }
    return verdict
  }
}

/** `Api-Key`, `apiKey` and `api_key` are one name. */
function fold(name: string): string {
  return name.replace(/[-_ .]/g, '').toLowerCase()
}

/** With `g` or `y` an expression remembers where it stopped, and would miss every other name. */
function stateless(expression: RegExp): RegExp {
  return new RegExp(expression.source, expression.flags.replace(/[gy]/g, ''))
}
