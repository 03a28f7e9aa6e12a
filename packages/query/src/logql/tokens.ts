/** Words that are never an identifier, in any letter case. Names of functions are not among them. */
export const RESERVED_WORDS = [
  'by',
  'without',
  'bool',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'offset',
  'or',
  'and',
  'unless',
  'json',
  'logfmt',
  'regexp',
  'pattern',
  'unpack',
  'unwrap',
  'line_format',
  'label_format',
  'decolorize',
  'drop',
  'keep',
] as const

export type ReservedWord = (typeof RESERVED_WORDS)[number]

export type Punctuation =
  | '{'
  | '}'
  | '('
  | ')'
  | ','
  | '='
  | '=='
  | '!='
  | '=~'
  | '!~'
  | '>'
  | '>='
  | '<'
  | '<='
  | '|'
  | '|='
  | '|~'
  | '|>'
  | '!>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'

export type TokenKind =
  | 'identifier'
  | 'string'
  | 'number'
  | 'duration'
  | 'bytes'
  | 'range'
  | 'flag'
  | 'end'
  | 'fault'
  | Punctuation
  | ReservedWord

/** A token; offsets are UTF-16 code units, `end` is exclusive. */
export interface Token {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
  /** Of strings the unescaped text, of identifiers and flags the text, of faults what is wrong. */
  readonly text: string
  /** Of numbers and sizes. */
  readonly number: number
  /** Of durations and ranges, in nanoseconds. */
  readonly ns: bigint
  /** Where a fault is, when not at `start`. */
  readonly faultAt: number
}

const RESERVED: ReadonlyMap<string, ReservedWord> = new Map(RESERVED_WORDS.map((word) => [word, word]))
const LONGEST_RESERVED = Math.max(...RESERVED_WORDS.map((word) => word.length))

/** The reserved word that an identifier-like text is, or undefined. */
export function reservedWord(text: string): ReservedWord | undefined {
  if (text.length > LONGEST_RESERVED) return undefined
  return RESERVED.get(text) ?? RESERVED.get(text.toLowerCase())
}

const TOKEN_NAMES: ReadonlyMap<TokenKind, string> = new Map([
  ['identifier', 'IDENTIFIER'],
  ['string', 'STRING'],
  ['number', 'NUMBER'],
  ['duration', 'DURATION'],
  ['bytes', 'BYTES'],
  ['range', 'RANGE'],
  ['flag', 'PARSER_FLAG'],
  ['end', 'end of query'],
])

/** What error messages call a kind of token. */
export function tokenName(kind: TokenKind): string {
  return TOKEN_NAMES.get(kind) ?? kind
}
