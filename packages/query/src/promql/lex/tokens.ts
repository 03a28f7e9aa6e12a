import { quoteText } from '../../text/go-quote.ts'
import { utf8Length } from '../../text/position.ts'
import type { AggregationOp } from '../ast.ts'
import { AGGREGATIONS } from '../operators.ts'

/** Words that modify something; in any letter case. */
export const KEYWORDS = [
  'bool',
  'by',
  'group_left',
  'group_right',
  'fill',
  'fill_left',
  'fill_right',
  'ignoring',
  'offset',
  'smoothed',
  'anchored',
  'on',
  'without',
] as const
/** Binary operators that are words. */
export const WORD_OPERATORS = ['and', 'or', 'unless', 'atan2'] as const
/** Functions that are words of the grammar, because they also stand after `@`, `offset` and between brackets. */
export const QUERY_WORDS = ['start', 'end', 'step', 'range', 'min_of', 'max_of'] as const

export type Keyword = (typeof KEYWORDS)[number]
export type WordOperator = (typeof WORD_OPERATORS)[number]
export type QueryWord = (typeof QUERY_WORDS)[number]

export type SymbolOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
  | '=='
  | '!='
  | '>'
  | '<'
  | '>='
  | '<='
  | '=~'
  | '!~'
  | '@'
export type Punctuation = '(' | ')' | '{' | '}' | '[' | ']' | ',' | ':' | '='

export type TokenKind =
  | 'identifier'
  | 'metricIdentifier'
  | 'number'
  | 'duration'
  | 'string'
  | 'aggregation'
  | 'eof'
  | 'fault'
  | Keyword
  | WordOperator
  | QueryWord
  | SymbolOperator
  | Punctuation

/** A token; offsets are UTF-16 code units, `end` is exclusive. */
export interface Token {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
  /** As written; of faults what is wrong. */
  readonly text: string
  /** Of strings the unescaped text. */
  readonly value: string
  /** Where a fault is reported. */
  readonly faultAt: number
}

const WORDS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ...[...KEYWORDS, ...WORD_OPERATORS, ...QUERY_WORDS].map((word): [string, TokenKind] => [word, word]),
  ...[...AGGREGATIONS.keys()].map((op): [string, TokenKind] => [op, 'aggregation']),
  ['inf', 'number'],
  ['nan', 'number'],
])
const LONGEST_WORD = Math.max(...[...WORDS.keys()].map((word) => word.length))

/** What a word means to the grammar, or undefined when it is a name only. */
export function wordKind(text: string): TokenKind | undefined {
  if (text.length > LONGEST_WORD) return undefined
  return WORDS.get(text) ?? WORDS.get(text.toLowerCase())
}

const KEYWORD_SET: ReadonlySet<TokenKind> = new Set(KEYWORDS)
const OPERATOR_SET: ReadonlySet<TokenKind> = new Set<TokenKind>([
  ...WORD_OPERATORS,
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '==',
  '!=',
  '>',
  '<',
  '>=',
  '<=',
  '=~',
  '!~',
  '@',
])
const NOT_NAMES: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'bool',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'fill',
  'fill_left',
  'fill_right',
  'atan2',
])
const KIND_NAMES: ReadonlyMap<TokenKind, string> = new Map([
  ['identifier', 'identifier'],
  ['metricIdentifier', 'metric identifier'],
  ['string', 'string'],
  ['number', 'number'],
  ['duration', 'duration'],
])
const LONGEST_SHOWN = 10

/** Whether a word of this meaning can be the name of a metric without quotes. */
export function canNameMetric(kind: TokenKind): boolean {
  if (kind === 'identifier' || kind === 'metricIdentifier' || kind === 'aggregation') return true
  return WORDS.has(kind) && !NOT_NAMES.has(kind)
}

/** Whether a token of this kind can be a label in the list of `by`, `on`, `group_left` … */
export function canNameLabel(kind: TokenKind): boolean {
  if (kind === 'identifier' || kind === 'metricIdentifier' || kind === 'aggregation') return true
  return WORDS.has(kind) && !kind.startsWith('fill')
}

/** The aggregation that a token of that kind names. */
export function aggregationOf(token: Token): AggregationOp {
  return token.text.toLowerCase() as AggregationOp
}

/** A token in the words of Prometheus' messages: `identifier "foo"`, `<op:+>`, `<by>`, `"("`, `end of input`. */
export function describeToken({ kind, text }: Token): string {
  if (kind === 'eof') return 'end of input'
  if (kind === 'identifier' || kind === 'metricIdentifier') return `${KIND_NAMES.get(kind)} ${quoteText(text)}`
  if (KEYWORD_SET.has(kind)) return `<${text}>`
  if (OPERATOR_SET.has(kind)) return `<op:${text}>`
  if (kind === 'aggregation') return `<aggr:${text}>`
  const shown =
    utf8Length(text) > LONGEST_SHOWN ? `${quoteText([...text].slice(0, LONGEST_SHOWN).join(''))}...` : quoteText(text)
  const name = KIND_NAMES.get(kind)
  return name === undefined ? shown : `${name} ${shown}`
}
