import type { MatchOp } from '../ast.ts'
import type { Token, TokenKind } from '../tokens.ts'
import type { CompletionKind, TypedMatcher } from './place.ts'

type Frame = 'selector' | 'labels' | 'call' | 'filter'

const GROUPING: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
])
const LINE_FILTERS: ReadonlySet<TokenKind> = new Set<TokenKind>(['|=', '!=', '|~', '!~', '|>', '!>'])
const COMPARISONS: ReadonlySet<TokenKind> = new Set<TokenKind>(['=', '!=', '=~', '!~', '==', '>', '>=', '<', '<='])
const MATCHES: ReadonlySet<TokenKind> = new Set<TokenKind>(['=', '!=', '=~', '!~'])
const TAKES_LABELS: ReadonlySet<TokenKind> = new Set<TokenKind>(['unwrap', 'drop', 'keep', 'label_format'])
const TAKES_TEXT: ReadonlySet<TokenKind> = new Set<TokenKind>(['regexp', 'pattern', 'line_format'])
const VALUES: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'string',
  'number',
  'duration',
  'bytes',
  'range',
  ')',
  'identifier',
])

/** Follows the tokens of a query, broken or not, and knows what may come next. */
export class CompletionWalk {
  matchers: TypedMatcher[] = []
  /** The label named last, to which an operator and a value belong. */
  label = ''
  private readonly text: string
  private readonly frames: Frame[] = []
  private previous: TokenKind = 'end'
  private operator: MatchOp = '='
  /** Where the selector of the pipeline at hand starts; negative outside one. */
  private selectorStart = -1
  private inPipeline = false
  /** The word after the last `|`, or the line filter operator. */
  private stage: TokenKind = 'end'
  private stageStart = 0
  /** Behind `| distinct`, which is no word of its own. */
  private distinct = false

  constructor(text: string) {
    this.text = text
  }

  step(token: Token): void {
    const { kind } = token
    switch (kind) {
      case '{':
        this.frames.push('selector')
        this.selectorStart = token.start
        this.matchers = []
        this.inPipeline = false
        break
      case '}':
        this.closeSelector(token)
        break
      case '(':
        this.frames.push(this.frameOfParenthesis())
        break
      case ')':
        if (this.frames.pop() === 'call') this.leavePipeline()
        break
      default:
        if (this.frame() === 'selector') this.stepInSelector(token)
        else this.stepOutside(token)
    }
    this.previous = kind
  }

  private frame(): Frame | undefined {
    return this.frames[this.frames.length - 1]
  }

  private closeSelector(token: Token): void {
    if (this.frame() !== 'selector') return
    this.frames.pop()
    this.inPipeline = true
    this.stage = 'end'
    this.stageStart = token.end
  }

  private frameOfParenthesis(): Frame {
    if (GROUPING.has(this.previous)) return 'labels'
    return this.inPipeline ? 'filter' : 'call'
  }

  private leavePipeline(): void {
    this.inPipeline = false
    this.selectorStart = -1
    this.matchers = []
  }

  private stepInSelector(token: Token): void {
    if (token.kind === 'identifier') this.label = token.text
    else if (MATCHES.has(token.kind)) this.operator = token.kind as MatchOp
    else if (token.kind === 'string' && MATCHES.has(this.previous)) {
      this.matchers.push({ name: this.label, op: this.operator, value: token.text })
    }
  }

  private stepOutside(token: Token): void {
    if (token.kind === 'identifier') this.label = token.text
    if (!this.inPipeline) return
    const opensLineFilter = LINE_FILTERS.has(token.kind) && this.previous !== 'identifier'
    if (token.kind === '|' || opensLineFilter) {
      this.stage = token.kind
      this.stageStart = token.start
      this.distinct = false
    } else if (this.previous === '|') {
      this.stage = token.kind
      this.distinct = token.kind === 'identifier' && token.text.toLowerCase() === 'distinct'
    } else if (token.kind === 'range') {
      this.stage = 'range'
      this.stageStart = token.start
    }
  }

  /** `{…} | stages` up to the stage at hand. */
  pipelineText(): string {
    if (!this.inPipeline || this.selectorStart < 0) return ''
    return this.text.slice(this.selectorStart, this.stageStart).trimEnd()
  }

  /** What may follow the tokens so far. */
  kind(): CompletionKind {
    const frame = this.frame()
    if (frame === 'selector') return this.kindInSelector()
    if (frame === 'labels') return this.previous === '(' || this.previous === ',' ? 'groupingLabel' : 'none'
    if (this.inPipeline) return this.kindInPipeline()
    if (GROUPING.has(this.previous)) return 'none'
    return VALUES.has(this.previous) ? 'keyword' : 'function'
  }

  private kindInSelector(): CompletionKind {
    const { previous } = this
    if (previous === '{' || previous === ',') return 'labelName'
    if (previous === 'identifier') return 'matchOperator'
    return MATCHES.has(previous) ? 'labelValue' : 'none'
  }

  private kindInPipeline(): CompletionKind {
    const { previous, stage } = this
    if (previous === '|') return 'stage'
    if (previous === '}') return 'pipelineOperator'
    if (LINE_FILTERS.has(stage)) return previous === 'string' || previous === ')' ? 'pipelineOperator' : 'none'
    if (TAKES_TEXT.has(stage)) return previous === stage ? 'none' : 'pipelineOperator'
    if (stage === 'range') return previous === 'range' || previous === 'duration' ? 'keyword' : 'none'
    if (this.distinct && previous === 'identifier' && this.label.toLowerCase() === 'distinct') return 'parsedLabel'
    if (previous === 'identifier') return this.distinct ? 'pipelineOperator' : this.afterName()
    if (COMPARISONS.has(previous)) return stage === 'label_format' ? 'parsedLabel' : 'parsedLabelValue'
    const expectsLabel = previous === ',' || previous === 'and' || previous === 'or' || previous === '('
    if (expectsLabel || TAKES_LABELS.has(previous)) return 'parsedLabel'
    return 'pipelineOperator'
  }

  private afterName(): CompletionKind {
    const bare = this.stage === 'drop' || this.stage === 'keep' || this.stage === 'unwrap'
    if (bare || this.stage === 'json' || this.stage === 'logfmt') return 'pipelineOperator'
    return 'filterOperator'
  }
}
