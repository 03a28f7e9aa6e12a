import { Lexer, parseDocument } from 'yaml'
import { UNCHECKED_KEYS } from './yaml-keys.ts'

/** Levels of lists and maps; no configuration needs nearly as many, and readers that descend have a stack that ends. */
const MOST_LEVELS = 100
/** Values once aliases stand for what they name. */
const MOST_VALUES = 200_000
/** Copies that aliases make of what they name, those within it counted. */
const MOST_COPIES = 1_000

/**
 * Why a YAML text must not be read further although it may be well formed: nested too deep, or with aliases that stand for
 * more than anyone would write, or for themselves. Undefined for all others, and for what is no YAML at all.
 */
export function yamlExcess(text: string): string | undefined {
  const deep = yamlDepthExcess(text)
  if (deep !== undefined) return deep
  const document = parseDocument(text, { prettyErrors: false, merge: true, ...UNCHECKED_KEYS })
  if (document.errors.length > 0) return undefined
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: MOST_COPIES })
  } catch {
    return 'its aliases (*NAME) stand for too much, or for themselves: write out what they mean'
  }
  let values = 0
  const excess = (at: unknown, level: number): string | undefined => {
    if (level > MOST_LEVELS) return tooDeep()
    if (++values > MOST_VALUES) return `it has more than ${MOST_VALUES} values, those that aliases stand for counted`
    if (typeof at !== 'object' || at === null) return undefined
    for (const one of Object.values(at)) {
      const found = excess(one, level + 1)
      if (found !== undefined) return found
    }
    return undefined
  }
  return excess(value, 0)
}

function tooDeep(): string {
  return `it is nested more than ${MOST_LEVELS} levels deep, or an alias (*NAME) stands within what it names`
}

/**
 * What {@link yamlExcess} says of texts that are nested too deep, by their brackets and the dashes of each line. Quick: the
 * parser takes minutes for a hundred thousand of them.
 */
export function yamlDepthExcess(text: string): string | undefined {
  let brackets = 0
  let dashes = 0
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') brackets++
    else if (token === ']' || token === '}') brackets--
    else if (token === '-' || token === '?') dashes++
    else if (token.startsWith('\n') || token.startsWith('\r')) dashes = 0
    if (brackets > MOST_LEVELS || dashes > MOST_LEVELS) return tooDeep()
  }
  return undefined
}
