import {
  type BinaryExpr,
  type Expr,
  type Grouping,
  type LabelFilter,
  type MetricExpr,
  printExpr,
  printStage,
  type RangeAggregation,
  type Stage,
} from '@girok/query'
import { conditionsFilter } from './build-stage.ts'
import type { BuilderModel, Calculation, Condition, ConditionOp, GroupingRow, OuterRow, StageRow } from './model.ts'
import { durationText } from './values.ts'

const nowhere = { start: 0, end: 0 }

/** The rows of a query; undefined for an expression without any lines below it (`1 + 1`). */
export function readModel(expr: Expr): BuilderModel | undefined {
  if (expr.kind === 'log') return { ...readLog(expr), calculation: undefined, outer: [] }
  const outer: OuterRow[] = []
  let inner: MetricExpr | undefined = expr
  while (inner !== undefined && inner.kind !== 'rangeAggregation') {
    const step = readOuter(inner)
    if (step === undefined) return undefined
    outer.unshift(step.row)
    inner = step.inner
  }
  if (inner === undefined) return undefined
  return { ...readLog(inner.range.log), calculation: readCalculation(inner), outer }
}

function readLog(log: Extract<Expr, { kind: 'log' }>): Pick<BuilderModel, 'matchers' | 'stages'> {
  return {
    matchers: log.selector.matchers.map(({ name, op, value }) => ({ name, op, value })),
    stages: log.stages.map(readStage),
  }
}

export function readStage(stage: Stage): StageRow {
  switch (stage.kind) {
    case 'lineFilter':
      if (stage.operands.some((operand) => operand.kind === 'ip')) break
      return { kind: 'line', op: stage.op, values: stage.operands.map(({ value }) => value) }
    case 'json':
      if (stage.extractions.length > 0) break
      return { kind: 'parser', parser: 'json', pattern: '' }
    case 'logfmt':
      if (stage.extractions.length > 0 || stage.strict || stage.keepEmpty) break
      return { kind: 'parser', parser: 'logfmt', pattern: '' }
    case 'unpack':
      return { kind: 'parser', parser: 'unpack', pattern: '' }
    case 'regexp':
    case 'pattern':
      return { kind: 'parser', parser: stage.kind, pattern: stage.pattern }
    case 'labelFilter': {
      const conditions = readConditions(stage.filter)
      if (conditions === undefined) break
      return { kind: 'fields', conditions }
    }
  }
  return { kind: 'kept', stage }
}

/** A filter as a flat list; undefined when it needs brackets, or compares addresses. */
function readConditions(filter: LabelFilter): Condition[] | undefined {
  const flat = flatten(filter, 'and')
  const again = flat === undefined ? undefined : conditionsFilter(flat)
  if (again === undefined) return undefined
  const text = (one: LabelFilter): string => printStage({ kind: 'labelFilter', filter: one, at: nowhere })
  return text(again) === text(filter) ? flat : undefined
}

function flatten(filter: LabelFilter, join: 'and' | 'or'): Condition[] | undefined {
  switch (filter.kind) {
    case 'ip':
      return undefined
    case 'string':
      return [{ join, name: filter.matcher.name, op: filter.matcher.op, value: filter.matcher.value }]
    case 'and':
    case 'or': {
      const left = flatten(filter.left, join)
      const right = flatten(filter.right, filter.kind)
      return left === undefined || right === undefined ? undefined : [...left, ...right]
    }
    default: {
      const op: ConditionOp = `#${filter.op}`
      const head = `| ${filter.name} ${filter.op} `
      const value = printStage({ kind: 'labelFilter', filter, at: nowhere }).slice(head.length)
      return [{ join, name: filter.name, op, value }]
    }
  }
}

function readCalculation(expr: RangeAggregation): Calculation {
  const { range } = expr
  const { unwrap } = range
  return {
    op: expr.op,
    parameter: expr.parameter === undefined ? '' : String(expr.parameter),
    range: durationText(range.rangeNs),
    offset: range.offsetNs === 0n ? '' : durationText(range.offsetNs),
    unwrap:
      unwrap === undefined
        ? undefined
        : { label: unwrap.label, conversion: unwrap.conversion ?? '', kept: unwrap.filters },
    grouping: readGrouping(expr.grouping),
  }
}

function readGrouping(grouping: Grouping | undefined): GroupingRow | undefined {
  return grouping === undefined ? undefined : { without: grouping.without, labels: grouping.labels }
}

interface OuterStep {
  readonly row: OuterRow
  readonly inner: MetricExpr
}

function readOuter(expr: MetricExpr): OuterStep | undefined {
  switch (expr.kind) {
    case 'vectorAggregation': {
      const parameter = expr.parameter === undefined ? '' : String(expr.parameter)
      return {
        row: { kind: 'vector', op: expr.op, parameter, label: expr.label ?? '', grouping: readGrouping(expr.grouping) },
        inner: expr.inner,
      }
    }
    case 'labelReplace':
      return { row: { kind: 'kept', node: expr, hole: 'inner' }, inner: expr.inner }
    case 'binary':
      return readBinary(expr)
    default:
      return undefined
  }
}

function readBinary(expr: BinaryExpr): OuterStep | undefined {
  const { left, right } = expr
  if (!hasLines(left))
    return hasLines(right) ? { row: { kind: 'kept', node: expr, hole: 'right' }, inner: right } : undefined
  if (right.kind === 'number' && Number.isFinite(right.value) && expr.matching === undefined) {
    return { row: { kind: 'number', op: expr.op, bool: expr.bool, value: String(right.value) }, inner: left }
  }
  return { row: { kind: 'kept', node: expr, hole: 'left' }, inner: left }
}

/** True when an expression calculates from lines. */
function hasLines(expr: MetricExpr): boolean {
  switch (expr.kind) {
    case 'rangeAggregation':
      return true
    case 'vectorAggregation':
    case 'labelReplace':
      return hasLines(expr.inner)
    case 'binary':
      return hasLines(expr.left) || hasLines(expr.right)
    default:
      return false
  }
}

/** The text of what a kept row does, with `…` where the rows below stand. */
export function keptText(row: Extract<OuterRow, { kind: 'kept' }>): string {
  const hole: MetricExpr = {
    kind: 'rangeAggregation',
    op: 'count_over_time',
    range: {
      log: { kind: 'log', selector: { matchers: [], at: nowhere }, stages: [], at: nowhere },
      rangeNs: 0n,
      offsetNs: 0n,
      at: nowhere,
    },
    at: nowhere,
  }
  return printExpr(fillHole(row, hole)).replace('count_over_time({}[0s])', '…')
}

/** The expression of a kept row with its hole filled. */
export function fillHole(row: Extract<OuterRow, { kind: 'kept' }>, inner: MetricExpr): MetricExpr {
  if (row.node.kind === 'labelReplace') return { ...row.node, inner }
  return row.hole === 'left' ? { ...row.node, left: inner } : { ...row.node, right: inner }
}
