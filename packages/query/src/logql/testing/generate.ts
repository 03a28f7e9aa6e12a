import * as fc from 'fast-check'
import type {
  Expr,
  Grouping,
  LabelFilter,
  LogExpr,
  LogRange,
  Matcher,
  MetricExpr,
  RangeOp,
  Span,
  Stage,
  Unwrap,
  VectorMatching,
  VectorOp,
} from '../ast.ts'
import { RANGE_RULES, VECTOR_RULES } from '../operations.ts'
import { BINARY_OPS, COMPARISONS, SET_OPERATORS } from '../operators.ts'

const at: Span = { start: 0, end: 0 }
const name = fc.constantFrom('app', 'level', 'rate', 'ip', '_x9', 'bytes', 'é', 'count', 'duration')
const names = fc.array(name, { maxLength: 3 })
const free = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('a"b', 'a\\d`', '\n\t', '\x1b[0m', '#'),
)
const regex = fc.constantFrom('.+', 'a|b', '(?i)x', '\\d+', 'a`"b', '')
const ns = fc.oneof(
  fc.bigInt({ min: 0n, max: 10n ** 18n }),
  fc.bigInt({ min: 0n, max: 1000n }).map((hours) => hours * 3_600_000_000_000n),
)
const signedNs = fc.tuple(ns, fc.boolean()).map(([value, negative]) => (negative ? -value : value))
const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())
const compare = fc.constantFrom(...([...COMPARISONS] as ('==' | '>')[]))

const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.record({ name, op: fc.constantFrom('=' as const, '!=' as const), value: free, at: fc.constant(at) }),
  fc.record({ name, op: fc.constantFrom('=~' as const, '!~' as const), value: regex, at: fc.constant(at) }),
)

const simpleFilter: fc.Arbitrary<LabelFilter> = fc.oneof(
  matcher.map((value): LabelFilter => ({ kind: 'string', matcher: value, at })),
  fc.record({ kind: fc.constant('number' as const), name, op: compare, value: number, at: fc.constant(at) }),
  fc.record({ kind: fc.constant('duration' as const), name, op: compare, valueNs: signedNs, at: fc.constant(at) }),
  fc
    .record({ name, op: compare })
    .map((part): LabelFilter => ({ kind: 'bytes', ...part, value: 2560, text: '2.5KiB', at })),
  name.map((label): LabelFilter => ({ kind: 'ip', name: label, op: '!=', pattern: '10.0.0.0/8', at })),
)

const filter = fc.letrec<{ tree: LabelFilter }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    simpleFilter,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('tree'),
      right: tie('tree'),
      at: fc.constant(at),
    }),
  ),
})).tree

const operand = fc.record({ kind: fc.constantFrom('text' as const, 'ip' as const), value: free, at: fc.constant(at) })
const lineFilter: fc.Arbitrary<Stage> = fc
  .record({
    kind: fc.constant('lineFilter' as const),
    op: fc.constantFrom('|=' as const, '!=' as const, '|~' as const, '!~' as const, '|>' as const, '!>' as const),
    operands: fc.array(operand, { minLength: 1, maxLength: 3 }),
    at: fc.constant(at),
  })
  .filter(
    // The parser leaves out empty alternatives.
    ({ op, operands }) =>
      operands.length === 1 ||
      (op !== '|=' && op !== '|~') ||
      operands.every(({ kind, value }) => kind === 'ip' || value !== ''),
  )

const extractions = fc.array(fc.record({ name, expression: free }), { maxLength: 2 })
const target = fc.oneof(
  name.map((label) => ({ name: label })),
  matcher.map((value) => ({ name: value.name, matcher: value })),
)
const targets = fc.array(target, { minLength: 1, maxLength: 3 })
const labelValue = fc.oneof(
  name.map((label) => ({ kind: 'label' as const, name: label })),
  free.map((text) => ({ kind: 'template' as const, text })),
)

const stage: fc.Arbitrary<Stage> = fc.oneof(
  lineFilter,
  filter.map((value): Stage => ({ kind: 'labelFilter', filter: value, at })),
  extractions.map((value): Stage => ({ kind: 'json', extractions: value, at })),
  fc
    .record({ strict: fc.boolean(), keepEmpty: fc.boolean(), extractions })
    .map((part): Stage => ({ kind: 'logfmt', ...part, at })),
  fc.constantFrom<Stage>(
    { kind: 'unpack', at },
    { kind: 'decolorize', at },
    { kind: 'regexp', pattern: '(?P<a>\\w+)`', at },
    { kind: 'pattern', pattern: '<a> "<_>" <b>', at },
  ),
  free.map((template): Stage => ({ kind: 'lineFormat', template, at })),
  fc
    .array(fc.record({ name, value: labelValue }), { minLength: 1, maxLength: 2 })
    .map((assignments): Stage => ({ kind: 'labelFormat', assignments, at })),
  fc.array(name, { minLength: 1, maxLength: 3 }).map((list): Stage => ({ kind: 'distinct', names: list, at })),
  targets.map((value): Stage => ({ kind: 'drop', targets: value, at })),
  targets.map((value): Stage => ({ kind: 'keep', targets: value, at })),
)

const log: fc.Arbitrary<LogExpr> = fc
  .record({ matchers: fc.array(matcher, { maxLength: 3 }), stages: fc.array(stage, { maxLength: 4 }) })
  .map(({ matchers, stages }) => {
    const first: Matcher = { name: 'app', op: '=', value: 'x', at }
    return { kind: 'log', selector: { matchers: [first, ...matchers], at }, stages: stages.filter(writable), at }
  })

/** `| keep a` before `!= "x"` has no text: written so, the operator and its text belong to the label. */
function writable(value: Stage, index: number, stages: readonly Stage[]): boolean {
  const before = stages[index - 1]
  if (value.kind !== 'lineFilter' || (value.op !== '!=' && value.op !== '!~')) return true
  if (before?.kind === 'lineFilter') return writable(before, index - 1, stages)
  return before?.kind !== 'drop' && before?.kind !== 'keep'
}

const unwrap: fc.Arbitrary<Unwrap> = fc
  .record({
    label: name,
    conversion: fc.constantFrom(undefined, 'bytes' as const, 'duration' as const, 'duration_seconds' as const),
    filters: fc.array(filter, { maxLength: 2 }),
  })
  .map(({ label, conversion, filters }) => ({ label, ...(conversion ? { conversion } : {}), filters, at }))

const grouping: fc.Arbitrary<Grouping> = fc.record({ without: fc.boolean(), labels: names })
const optionalGrouping = fc.option(grouping, { nil: undefined })
const milliseconds = fc.bigInt({ min: 0n, max: 10n ** 11n }).map((ms) => ms * 1_000_000n)

const range: fc.Arbitrary<MetricExpr> = fc
  .record({
    op: fc.constantFrom<RangeOp>(...RANGE_RULES.keys()),
    log,
    unwrap,
    mayUnwrap: fc.boolean(),
    rangeNs: milliseconds,
    offsetNs: signedNs,
    parameter: fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
    grouping: optionalGrouping,
  })
  .map((part) => {
    const rule = RANGE_RULES.get(part.op)!
    const unwraps = rule.samples === 'unwrapped' || (rule.samples === 'either' && part.mayUnwrap)
    const { rangeNs, offsetNs } = part
    const lines = { ...part.log, stages: part.log.stages.filter(({ kind }) => kind !== 'distinct').filter(writable) }
    const logRange: LogRange = { log: lines, rangeNs, offsetNs, ...(unwraps ? { unwrap: part.unwrap } : {}), at }
    return {
      kind: 'rangeAggregation',
      op: part.op,
      ...(rule.parameter ? { parameter: part.parameter } : {}),
      range: logRange,
      ...(rule.grouping && part.grouping ? { grouping: part.grouping } : {}),
      at,
    }
  })

const card = fc.constantFrom('one-to-one' as const, 'many-to-one' as const, 'one-to-many' as const)
const matching: fc.Arbitrary<VectorMatching> = fc.record({ on: fc.boolean(), labels: names, card, include: names })

/** Any tree that the parser can give, without places. Numbers only where folding leaves them. */
export const anyExpr: fc.Arbitrary<Expr> = fc.letrec<{ expr: Expr; metric: MetricExpr; leg: MetricExpr }>((tie) => ({
  expr: fc.oneof(
    log,
    tie('metric'),
    number.map((value): Expr => ({ kind: 'number', value, at })),
  ),
  leg: fc.oneof(
    { weight: 4, arbitrary: tie('metric') },
    number.map((value): MetricExpr => ({ kind: 'number', value, at })),
  ),
  metric: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    range,
    number.map((value): MetricExpr => ({ kind: 'vector', value: Math.abs(value), at })),
    fc
      .record({
        op: fc.constantFrom<VectorOp>(...VECTOR_RULES.keys()),
        inner: tie('metric'),
        grouping: optionalGrouping,
        k: fc.integer({ min: 1, max: 1000 }),
      })
      .map(({ op, inner, grouping: group, k }): MetricExpr => {
        const rule = VECTOR_RULES.get(op)!
        const parameter = rule.parameter ? { parameter: k } : rule.label ? { label: 'value' } : {}
        return {
          kind: 'vectorAggregation',
          op,
          ...parameter,
          inner,
          ...(rule.grouping && group ? { grouping: group } : {}),
          at,
        }
      }),
    fc
      .record({ inner: tie('metric'), target: free, replacement: free, source: free, pattern: regex })
      .map((part): MetricExpr => ({ kind: 'labelReplace', ...part, at })),
    fc
      .record({
        op: fc.constantFrom(...BINARY_OPS),
        bool: fc.boolean(),
        matching: fc.option(matching, { nil: undefined }),
        left: tie('leg'),
        right: tie('metric'),
        swap: fc.boolean(),
      })
      .map((part): MetricExpr => {
        const { op } = part
        const left = SET_OPERATORS.has(op) && part.left.kind === 'number' ? part.right : part.left
        const [first, second] = part.swap ? [part.right, left] : [left, part.right]
        const bool = part.bool && COMPARISONS.has(op)
        const match = part.matching === undefined ? {} : { matching: legal(part.matching, SET_OPERATORS.has(op)) }
        return { kind: 'binary', op, bool, ...match, left: first, right: second, at }
      }),
  ),
})).expr

function legal(value: VectorMatching, forSet: boolean): VectorMatching {
  const simple = forSet || value.card === 'one-to-one'
  return simple ? { ...value, card: 'one-to-one', include: [] } : value
}
