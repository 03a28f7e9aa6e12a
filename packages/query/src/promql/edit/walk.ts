import type { MatchOp } from '../ast.ts'
import { QUERY_WORDS, type Token, type TokenKind } from '../lex/tokens.ts'
import { BINARY_OPS, isComparison } from '../operators.ts'
import type { CallPlace, PromCompletionKind, TypedMatcher } from './place.ts'

type Frame =
  | { readonly kind: 'braces' | 'brackets' | 'labels' | 'parentheses' }
  | { readonly kind: 'call'; readonly name: string; argument: number; readonly aggregation: boolean }

const GROUPING: ReadonlySet<TokenKind> = new Set<TokenKind>(['by', 'without'])
const MATCHING: ReadonlySet<TokenKind> = new Set<TokenKind>(['on', 'ignoring', 'group_left', 'group_right'])
const FILLING: ReadonlySet<TokenKind> = new Set<TokenKind>(['fill', 'fill_left', 'fill_right'])
const MATCH_OPS: ReadonlySet<TokenKind> = new Set<TokenKind>(['=', '!=', '=~', '!~'])
const CALLED: ReadonlySet<TokenKind> = new Set<TokenKind>(['identifier', ...QUERY_WORDS])
const OPERATORS: ReadonlySet<TokenKind> = new Set<TokenKind>(BINARY_OPS)
const ARITHMETIC: ReadonlySet<TokenKind> = new Set<TokenKind>(['+', '-', '*', '/', '%', '^'])
const AFTER_EXPRESSION: readonly string[] = [...BINARY_OPS.filter((op) => /^[a-z]/.test(op)), 'offset', '@']

/** Follows the tokens of a query, broken or not, and knows what may come next. */
export class CompletionWalk {
  /** The name before the braces at hand, or of the selector named last. */
  metric = ''
  matchers: TypedMatcher[] = []
  /** The label named last, to which an operator and a value belong. */
  label = ''
  private readonly frames: Frame[] = []
  private previous: TokenKind = 'eof'
  private matchOp: MatchOp = '='
  /** Whether an expression may begin here. */
  private operand = true
  /** The aggregation named last, while its parentheses or its grouping may still come. */
  private aggregation = ''
  /** The operator before the operand at hand, while modifiers of it may come. */
  private operator: TokenKind | undefined
  /** Whether `on (…)` or `ignoring (…)` was just closed, so that group_left may follow. */
  private matched = false
  /** What opened the list of labels at hand. */
  private listOf: TokenKind = 'by'
  /** Behind `offset` or `@`, until a value came. */
  private modifier: TokenKind | undefined
  private called = ''

  step(token: Token): void {
    const frame = this.frames.at(-1)
    if (frame?.kind === 'braces') this.stepInBraces(token)
    else if (frame?.kind === 'labels') this.stepInLabels(token)
    else if (frame?.kind === 'brackets') this.stepInBrackets(token)
    else this.stepInExpression(token)
    this.previous = token.kind
  }

  private stepInBraces({ kind, text, value }: Token): void {
    if (kind === '}') {
      this.frames.pop()
      this.closeOperand()
    } else if (kind === 'identifier') this.label = text
    else if (MATCH_OPS.has(kind)) this.matchOp = kind as MatchOp
    else if (kind === 'string' && MATCH_OPS.has(this.previous)) {
      this.matchers.push({ name: this.label, op: this.matchOp, value })
    } else if (kind === 'string') {
      this.label = value
      this.metric ||= value
    }
  }

  private stepInLabels({ kind }: Token): void {
    if (kind !== ')') return
    this.frames.pop()
    this.matched = this.listOf === 'on' || this.listOf === 'ignoring'
    // What stands behind by (…) is the parenthesis of the aggregation, or the aggregation is whole.
    if (!GROUPING.has(this.listOf)) this.operand = true
  }

  private stepInBrackets({ kind }: Token): void {
    if (kind !== ']') return
    this.frames.pop()
    this.closeOperand()
  }

  private stepInExpression(token: Token): void {
    const { kind } = token
    if (this.modifier !== undefined && this.stepInModifier(kind)) return
    if (kind === '(') this.openParenthesis()
    else if (kind === ')') {
      this.aggregation = this.close()
      this.closeOperand()
    } else if (kind === '{') {
      this.frames.push({ kind: 'braces' })
      if (this.operand) this.metric = ''
      this.matchers = []
      this.label = ''
    } else if (kind === '[') this.frames.push({ kind: 'brackets' })
    else if (kind === ',') this.nextArgument()
    else if (kind === 'offset' && !this.operand) this.modifier = kind
    else if (kind === '@') this.modifier = kind
    else if (GROUPING.has(kind) && this.aggregation !== '') this.operand = false
    else if (MATCHING.has(kind) || FILLING.has(kind) || kind === 'bool') this.operator ??= '+'
    else if (OPERATORS.has(kind) && !(this.operand && /^[a-z]/.test(kind))) {
      this.operand = true
      this.operator = kind
      this.matched = false
      this.aggregation = ''
    } else this.name(token)
  }

  /** Inside of `offset …` or `@ …`; true while the token belongs to it. */
  private stepInModifier(kind: TokenKind): boolean {
    if (kind === '+' || kind === '-') return true
    this.modifier = undefined
    return kind === 'number' || kind === 'duration'
  }

  private name({ kind, text }: Token): void {
    this.called = CALLED.has(kind) || kind === 'aggregation' ? text : ''
    this.aggregation = kind === 'aggregation' ? text.toLowerCase() : ''
    this.metric = kind === 'number' || kind === 'duration' || kind === 'string' ? '' : text
    this.matchers = []
    if (kind !== 'fault') this.closeOperand()
  }

  private openParenthesis(): void {
    const { previous, aggregation } = this
    if (GROUPING.has(previous) || MATCHING.has(previous)) {
      this.listOf = previous
      this.frames.push({ kind: 'labels' })
      return
    }
    const afterGrouping = previous === ')' && aggregation !== ''
    if (aggregation !== '' && (previous === 'aggregation' || afterGrouping)) {
      this.frames.push({ kind: 'call', name: aggregation, argument: 0, aggregation: true })
    } else if (CALLED.has(previous) && this.called !== '') {
      this.frames.push({ kind: 'call', name: this.called, argument: 0, aggregation: false })
    } else {
      this.frames.push({ kind: 'parentheses' })
    }
    this.aggregation = ''
    this.operand = true
    this.operator = undefined
  }

  /** Leaves the parenthesis at hand; gives the aggregation whose call it closes, behind which by may follow. */
  private close(): string {
    const frame = this.frames.pop()
    return frame?.kind === 'call' && frame.aggregation ? frame.name : ''
  }

  private nextArgument(): void {
    const frame = this.frames.at(-1)
    if (frame?.kind === 'call') frame.argument++
    this.operand = true
    this.operator = undefined
    this.aggregation = ''
  }

  private closeOperand(): void {
    this.operand = false
    this.operator = undefined
    this.matched = false
  }

  /** The innermost call around the place. */
  call(): CallPlace | undefined {
    for (let i = this.frames.length - 1; i >= 0; i--) {
      const frame = this.frames[i]
      if (frame?.kind === 'call') return { name: frame.name, argument: frame.argument }
    }
    return undefined
  }

  /** What may follow the tokens so far. */
  kind(): PromCompletionKind {
    const { previous } = this
    const frame = this.frames.at(-1)?.kind
    if (frame === 'braces') return this.kindInBraces()
    if (frame === 'labels') return previous === '(' || previous === ',' ? 'groupingLabel' : 'none'
    if (frame === 'brackets') {
      const open = previous === '[' || previous === ':' || previous === '(' || previous === ','
      return open || ARITHMETIC.has(previous) ? 'duration' : 'none'
    }
    if (this.modifier !== undefined) return this.modifier === '@' ? 'time' : 'duration'
    if (GROUPING.has(previous) && this.aggregation !== '') return 'none'
    if (previous === 'on' || previous === 'ignoring' || FILLING.has(previous)) return 'none'
    return this.operand ? 'expression' : 'keyword'
  }

  private kindInBraces(): PromCompletionKind {
    const { previous } = this
    if (previous === '{' || previous === ',') return 'labelName'
    if (previous === 'identifier') return 'matchOperator'
    if (MATCH_OPS.has(previous)) return 'labelValue'
    return 'none'
  }

  /** The words and operators of the grammar that fit beside names. */
  keywords(): readonly string[] {
    const kind = this.kind()
    if (kind === 'time') return ['start()', 'end()']
    if (kind === 'duration') return ['step()', 'range()', 'min_of()', 'max_of()']
    if (kind === 'keyword') return this.aggregation === '' ? AFTER_EXPRESSION : ['by', 'without', ...AFTER_EXPRESSION]
    if (kind !== 'expression' || this.operator === undefined) return []
    if (this.matched) return ['group_left', 'group_right']
    if (this.previous !== this.operator && this.previous !== 'bool') return []
    const comparison = isComparison(this.operator as '==') && this.previous !== 'bool'
    return comparison ? ['bool', 'on', 'ignoring'] : ['on', 'ignoring']
  }
}
