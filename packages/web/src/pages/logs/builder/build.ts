import {
  type Expr,
  type Grouping,
  type LogExpr,
  type MetricExpr,
  parseLogQL,
  printExpr,
  RANGE_RULES,
  type Unwrap,
  VECTOR_RULES,
} from '@girok/query'
import { buildStage, isCompleteMatcher, nowhere } from './build-stage.ts'
import type { BuilderModel, Calculation, GroupingRow, OuterRow } from './model.ts'
import { fillHole } from './read.ts'
import { isLabelName, readDuration, readNumber } from './values.ts'

/**
 * The syntax tree of the rows. Rows that are not complete are left out; undefined when a calculation lacks what it cannot
 * do without, its range for example.
 */
export function buildExpr(model: BuilderModel): Expr | undefined {
  const log: LogExpr = {
    kind: 'log',
    selector: {
      matchers: model.matchers.filter(isCompleteMatcher).map((row) => ({ ...row, at: nowhere })),
      at: nowhere,
    },
    stages: model.stages.map(buildStage).filter((stage) => stage !== undefined),
    at: nowhere,
  }
  if (model.calculation === undefined) return log
  let expr = buildCalculation(model.calculation, log)
  for (const row of model.outer) expr = expr === undefined ? undefined : buildOuter(row, expr)
  return expr
}

function buildCalculation(calculation: Calculation, log: LogExpr): MetricExpr | undefined {
  const { op, unwrap } = calculation
  const rule = RANGE_RULES.get(op)
  if (rule === undefined) return undefined
  const rangeNs = readDuration(calculation.range)
  const offsetNs = calculation.offset === '' ? 0n : readDuration(calculation.offset)
  const parameter = rule.parameter ? readNumber(calculation.parameter) : undefined
  if (rangeNs === undefined || offsetNs === undefined || (rule.parameter && parameter === undefined)) return undefined
  const unwraps = rule.samples !== 'lines' && unwrap !== undefined && isLabelName(unwrap.label)
  if (rule.samples === 'unwrapped' && !unwraps) return undefined
  const part: Unwrap | undefined = unwraps
    ? {
        label: unwrap.label,
        ...(unwrap.conversion === '' ? {} : { conversion: unwrap.conversion }),
        filters: unwrap.kept,
        at: nowhere,
      }
    : undefined
  const grouping = rule.grouping ? buildGrouping(calculation.grouping) : undefined
  return {
    kind: 'rangeAggregation',
    op,
    ...(parameter === undefined ? {} : { parameter }),
    range: { log, rangeNs, offsetNs, ...(part === undefined ? {} : { unwrap: part }), at: nowhere },
    ...(grouping === undefined ? {} : { grouping }),
    at: nowhere,
  }
}

function buildGrouping(row: GroupingRow | undefined): Grouping | undefined {
  return row === undefined ? undefined : { without: row.without, labels: row.labels.filter(isLabelName) }
}

function buildOuter(row: OuterRow, inner: MetricExpr): MetricExpr | undefined {
  switch (row.kind) {
    case 'vector': {
      const rule = VECTOR_RULES.get(row.op)
      if (rule === undefined) return undefined
      const parameter = rule.parameter ? readNumber(row.parameter) : undefined
      if (rule.parameter && parameter === undefined) return undefined
      if (rule.label === true && row.label === '') return undefined
      const grouping = rule.grouping ? buildGrouping(row.grouping) : undefined
      return {
        kind: 'vectorAggregation',
        op: row.op,
        ...(parameter === undefined ? {} : { parameter }),
        ...(rule.label === true ? { label: row.label } : {}),
        inner,
        ...(grouping === undefined ? {} : { grouping }),
        at: nowhere,
      }
    }
    case 'number': {
      const value = readNumber(row.value)
      // A number that is not typed yet changes nothing.
      if (value === undefined) return inner
      return {
        kind: 'binary',
        op: row.op,
        bool: row.bool,
        left: inner,
        right: { kind: 'number', value, at: nowhere },
        at: nowhere,
      }
    }
    case 'kept':
      return fillHole(row, inner)
  }
}

/** What the rows say as a query. */
export type BuiltText = { readonly text: string } | { readonly fault: 'incomplete' | 'order' }

/**
 * The text of the rows. `order`: read again, the text would mean something else, as `!= "x"` does behind `| keep a`,
 * where it belongs to the label.
 */
export function buildText(model: BuilderModel): BuiltText {
  const expr = buildExpr(model)
  if (expr === undefined) return { fault: 'incomplete' }
  const text = printExpr(expr)
  try {
    return printedTree(parseLogQL(text)) === printedTree(expr) ? { text } : { fault: 'order' }
  } catch {
    // Each piece is right for itself, so it is how they follow one another.
    return { fault: 'order' }
  }
}

/** A tree as text that is the same for trees of one meaning: without places, the keys in order. */
export function printedTree(expr: Expr): string {
  return JSON.stringify(expr, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const entries = Object.entries(value).filter(([key]) => key !== 'at')
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
