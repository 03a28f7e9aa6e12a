import * as fc from 'fast-check'
import type {
  AggregationOp,
  AtModifier,
  Duration,
  DurationExpr,
  Matcher,
  PromExpr,
  Span,
  VectorMatching,
  VectorSelector,
} from '../ast.ts'
import { PROM_FUNCTIONS } from '../functions.ts'
import { AGGREGATIONS, ARITHMETIC_OPS, COMPARISON_OPS, SET_OPS } from '../operators.ts'

const at: Span = { start: 0, end: 0 }
const opAt = at
const label = fc.constantFrom('job', 'le', 'on', 'by', 'sum', 'start', 'a.b', 'é', 'fill', '5xx', 'bool')
const labels = fc.uniqueArray(label, { maxLength: 3 })
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('a"b', 'a\\d`', '\n\t', '\x1b[0m', '#', "'", '\ufffd'),
)
const regex = fc.constantFrom('.+', 'a|b', '(?i)x', '\\d+', 'a`"b', '')
const metric = fc.constantFrom('up', 'a:b', 'my.metric', 'on', 'by', 'sum', 'fill', 'inf', 'offset', 'é', 'a_total')
const number = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constantFrom(Infinity, -Infinity, Number.NaN, -0))
const ms = fc.oneof(
  fc.integer({ min: 1, max: 10 ** 12 }),
  fc.integer({ min: 1, max: 1000 }).map((h) => h * 3_600_000),
)
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const seconds: fc.Arbitrary<DurationExpr> = fc.oneof(
  fc.integer({ min: 1, max: 10 ** 6 }).map((value): DurationExpr => ({ kind: 'seconds', value, duration: true, at })),
  fc.integer({ min: 1, max: 10 ** 6 }).map((value): DurationExpr => ({ kind: 'seconds', value, duration: false, at })),
)
const query = fc.constantFrom<DurationExpr>({ kind: 'step', at }, { kind: 'range', at })

/** A duration that depends on the query; others are folded. */
const openDuration = fc.letrec<{ open: DurationExpr; any: DurationExpr }>((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, seconds, tie('open')),
  open: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    query,
    fc
      .record({
        op: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const, '%' as const, '^' as const),
        left: tie('any'),
        right: tie('open'),
      })
      .map((part): DurationExpr => ({ kind: 'binary', ...part, at })),
    fc
      .record({ kind: fc.constantFrom('minOf' as const, 'maxOf' as const), left: tie('open'), right: tie('any') })
      .map((part): DurationExpr => ({ ...part, at })),
    tie('open').map((expr): DurationExpr => ({ kind: 'unary', op: '-', expr, at })),
  ),
})).open

const positive: fc.Arbitrary<Duration> = fc.oneof(
  ms.map((value) => ({ ms: value })),
  openDuration.map((expr) => ({ expr })),
)
const offset: fc.Arbitrary<Duration> = fc.oneof(
  fc.tuple(ms, fc.boolean()).map(([value, back]) => ({ ms: back ? value : -value })),
  openDuration.map((expr) => ({ expr })),
)
const atTime: fc.Arbitrary<AtModifier> = fc.oneof(
  fc.constantFrom('start' as const, 'end' as const),
  fc.integer({ min: -(10 ** 12), max: 10 ** 12 }),
)

const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.record({ name: label, op: fc.constantFrom('=' as const, '!=' as const), value: text, at: fc.constant(at) }),
  fc.record({ name: label, op: fc.constantFrom('=~' as const, '!~' as const), value: regex, at: fc.constant(at) }),
)
const selector: fc.Arbitrary<VectorSelector> = fc
  .record({
    name: optional(metric),
    matchers: fc.array(matcher, { maxLength: 3 }),
    offset: optional(offset),
    atTime: optional(atTime),
    extended: optional(fc.constantFrom('anchored' as const, 'smoothed' as const)),
  })
  .map(({ name, matchers, ...part }) => {
    const named: Matcher = { name: name === undefined ? 'job' : '__name__', op: '=', value: name ?? 'api', at }
    return { kind: 'selector', name, matchers: [...matchers, named], ...part, at }
  })

const matching: fc.Arbitrary<VectorMatching> = fc
  .record({
    cardinality: fc.constantFrom('one-to-one' as const, 'many-to-one' as const, 'one-to-many' as const),
    on: fc.boolean(),
    labels,
    include: labels,
    fillLeft: optional(number),
    fillRight: optional(number),
  })
  .map((part) => {
    const include = part.cardinality === 'one-to-one' ? [] : part.include.filter((name) => !part.labels.includes(name))
    return { ...part, include }
  })
const setMatching: fc.Arbitrary<VectorMatching> = fc.record({ on: fc.boolean(), labels }).map((part) => ({
  cardinality: 'many-to-many',
  ...part,
  include: [],
  fillLeft: undefined,
  fillRight: undefined,
}))

const functionsTo = (type: 'scalar' | 'vector') =>
  fc.constantFrom(...[...PROM_FUNCTIONS.values()].filter(({ name, returns }) => returns === type && name !== 'info'))

// A type and not an interface: letrec asks for an index signature.
type Trees = { scalar: PromExpr; vector: PromExpr; matrix: PromExpr; any: PromExpr }

/** Any tree that passes the checks, without places; brackets are left to the printer. */
export const anyPromExpr: fc.Arbitrary<PromExpr> = fc.letrec<Trees>((tie) => {
  const string = text.map((value): PromExpr => ({ kind: 'string', value, at }))
  const typed = { scalar: tie('scalar'), vector: tie('vector'), matrix: tie('matrix'), string }
  const call = (type: 'scalar' | 'vector') =>
    functionsTo(type).chain(({ name, args }) =>
      fc.tuple(...args.map((arg) => typed[arg])).map((list): PromExpr => ({ kind: 'call', name, args: list, at })),
    )
  const unary = (type: 'scalar' | 'vector') =>
    fc
      .record({ op: fc.constantFrom('+' as const, '-' as const), expr: typed[type] })
      // A sign before a number becomes part of the number.
      .map(({ op, expr }): PromExpr => (expr.kind === 'number' ? expr : { kind: 'unary', op, expr, at }))
  const sides = fc.constantFrom(
    ['vector', 'vector'] as const,
    ['scalar', 'vector'] as const,
    ['vector', 'scalar'] as const,
  )
  return {
    any: fc.oneof(tie('vector'), tie('scalar'), tie('matrix'), string),
    scalar: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      number.map((value): PromExpr => ({ kind: 'number', value, duration: false, at })),
      ms.map((value): PromExpr => {
        const exact = Math.floor(value / 1000) + (value % 1000) / 1000
        return { kind: 'number', value: exact, duration: true, at }
      }),
      call('scalar'),
      unary('scalar'),
      fc
        .record({
          op: fc.constantFrom(...ARITHMETIC_OPS, ...COMPARISON_OPS),
          left: tie('scalar'),
          right: tie('scalar'),
        })
        .map((part): PromExpr => {
          const bool = (COMPARISON_OPS as readonly string[]).includes(part.op)
          return { kind: 'binary', ...part, bool, matching: undefined, at, opAt }
        }),
    ),
    vector: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      selector,
      call('vector'),
      unary('vector'),
      fc
        .record({
          op: fc.constantFrom<AggregationOp>(...AGGREGATIONS.keys()),
          expr: tie('vector'),
          scalar: tie('scalar'),
          string,
          grouping: optional(fc.record({ without: fc.boolean(), labels })),
        })
        .map(({ op, expr, grouping, ...params }): PromExpr => {
          const param = AGGREGATIONS.get(op)?.param
          return { kind: 'aggregate', op, expr, param: param === undefined ? undefined : params[param], grouping, at }
        }),
      sides.chain(([left, right]) =>
        fc
          .record({
            op: fc.constantFrom(...ARITHMETIC_OPS, ...COMPARISON_OPS),
            left: typed[left],
            right: typed[right],
            wanted: fc.boolean(),
            match: matching,
          })
          .map(({ wanted, match, ...part }): PromExpr => {
            const bool = wanted && (COMPARISON_OPS as readonly string[]).includes(part.op)
            return { kind: 'binary', ...part, bool, matching: left === right ? match : undefined, at, opAt }
          }),
      ),
      fc
        .record({ op: fc.constantFrom(...SET_OPS), left: tie('vector'), right: tie('vector'), matching: setMatching })
        .map((part): PromExpr => ({ kind: 'binary', ...part, bool: false, at, opAt })),
    ),
    matrix: fc.oneof(
      { depthSize: 'small' },
      fc.record({ selector, range: positive }).map((part): PromExpr => ({ kind: 'matrix', ...part, at })),
      fc
        .record({
          expr: tie('vector'),
          range: positive,
          step: optional(positive),
          offset: optional(offset),
          atTime: optional(atTime),
        })
        .map((part): PromExpr => ({ kind: 'subquery', ...part, at })),
    ),
  }
}).any
