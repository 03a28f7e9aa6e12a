import { formatLabels, labelsKey } from '../../../eval/labels.ts'
import type { Labels } from '../../../eval/types.ts'
import { withPoints } from '../../../eval/vector/columns.ts'
import { bySignature, entry } from '../../../eval/vector/match.ts'
import type { BinaryOp, SetOp, VectorMatching } from '../../ast.ts'
import { isComparison } from '../../operators.ts'
import { NAME_LABEL, onlyLabels, withLabel, withoutLabels, withoutMetadata } from '../labels.ts'
import { evaluationError, type PromColumn, type PromSeries, promColumn } from '../series.ts'
import { pointOperationOf } from './operations.ts'

/** The labels by which series match: those named, or all but those named and the metric's name. */
export function matchedLabels(labels: Labels, matching: VectorMatching): Labels {
  return matching.on ? onlyLabels(labels, matching.labels) : withoutLabels(labels, [NAME_LABEL, ...matching.labels])
}

export function matchSignature(matching: VectorMatching): (labels: Labels) => string {
  return (labels) => labelsKey(matchedLabels(labels, matching))
}

/** An operation between two vectors, set operators aside. */
export interface MatchedOperation {
  readonly op: Exclude<BinaryOp, SetOp>
  readonly bool: boolean
  readonly matching: VectorMatching
  readonly delayed: boolean
}

/**
 * Arithmetic and comparison between two vectors. Matching happens step by step: two series of one signature are fine as long
 * as they never have a point at the same step. Throws an evaluate-phase `QueryError` otherwise, in Prometheus' words.
 */
export function matchVectors(
  operation: MatchedOperation,
  left: readonly PromSeries[],
  right: readonly PromSeries[],
  count: number,
): PromSeries[] {
  const { matching } = operation
  const swapped = matching.cardinality === 'one-to-many'
  const signature = matchSignature(matching)
  const many = swapped ? right : left
  const ones = bySignature(swapped ? left : right, signature)
  const fillOne = swapped ? matching.fillLeft : matching.fillRight
  const fillMany = swapped ? matching.fillRight : matching.fillLeft
  const filling = fillOne !== undefined || fillMany !== undefined
  demandUnique(ones, matching, filling ? undefined : anyPoints(many, count), count)

  const results = new Results(operation, count)
  for (const member of many) {
    const key = signature(member.labels)
    const partners = ones.get(key) ?? []
    for (const one of partners) {
      results.add(key, member, one, (k) => member.present[k] === 1 && one.present[k] === 1)
    }
    if (fillOne === undefined) continue
    const filled = filledSeries(member, matching, fillOne)
    results.add(key, member, filled, (k) => member.present[k] === 1 && !partners.some((one) => one.present[k] === 1))
  }
  if (fillMany !== undefined) {
    for (const [key, group] of ones) {
      for (const one of group) {
        const filled = filledSeries(one, matching, fillMany)
        const matched = results.matchedAt(key)
        results.add(key, filled, one, (k) => one.present[k] === 1 && matched?.[k] !== 1)
      }
    }
  }
  return withPoints(results.series)
}

/** A series that stands in for a missing partner: only the labels that match. */
function filledSeries(partner: PromSeries, matching: VectorMatching, value: number): PromSeries {
  return {
    labels: matchedLabels(partner.labels, matching),
    values: new Float64Array(partner.values.length).fill(value),
    present: partner.present,
    dropName: false,
  }
}

/** The series that an operation makes, each of several pairs of series, and which steps are taken. */
class Results {
  private readonly operation: MatchedOperation
  private readonly count: number
  private readonly swapped: boolean
  private readonly byLabels = new Map<string, PromColumn>()
  /** One-to-one: a signature may be matched once per step; else: each result may be made once per step. */
  private readonly taken = new Map<string, Uint8Array>()
  private readonly matched = new Map<string, Uint8Array>()

  constructor(operation: MatchedOperation, count: number) {
    this.operation = operation
    this.count = count
    this.swapped = operation.matching.cardinality === 'one-to-many'
  }

  get series(): PromColumn[] {
    return [...this.byLabels.values()]
  }

  /** At which steps a signature has been matched before; a copy, as further matches do not count. */
  matchedAt(signature: string): Uint8Array | undefined {
    return this.matched.get(signature)?.slice()
  }

  add(signature: string, many: PromSeries, one: PromSeries, applies: (k: number) => boolean): void {
    const { op, bool, matching, delayed } = this.operation
    const labels = resultLabels(many.labels, one.labels, this.operation)
    const key = labelsKey(labels)
    const oneToOne = matching.cardinality === 'one-to-one'
    const calculate = pointOperationOf(op, bool)
    const taken = entry(this.taken, oneToOne ? signature : `${signature} ${key}`, () => new Uint8Array(this.count))
    const matched = entry(this.matched, signature, () => new Uint8Array(this.count))
    const out = entry(this.byLabels, key, () => promColumn(labels, this.count, bool && delayed))
    for (let k = 0; k < this.count; k++) {
      if (!applies(k)) continue
      if (taken[k] === 1) {
        throw evaluationError(
          oneToOne
            ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
            : 'multiple matches for labels: grouping labels must ensure unique matches',
        )
      }
      taken[k] = 1
      matched[k] = 1
      const [a, b] = [many.values[k] as number, one.values[k] as number]
      const value = this.swapped ? calculate(b, a) : calculate(a, b)
      if (value === undefined) continue
      if (out.present[k] === 1) throw evaluationError('vector cannot contain metrics with the same labelset')
      out.values[k] = value
      out.present[k] = 1
    }
  }
}

/**
 * The many side's labels, of which a one-to-one operation keeps those that match; labels that are included come from the one
 * side. Whatever makes new values of the metric loses its name.
 */
function resultLabels(many: Labels, one: Labels, operation: MatchedOperation): Labels {
  const { op, bool, matching, delayed } = operation
  let labels = isComparison(op) && (!bool || delayed) ? many : withoutMetadata(many)
  if (matching.cardinality === 'one-to-one') {
    labels = matching.on ? onlyLabels(labels, matching.labels) : withoutLabels(labels, matching.labels)
  }
  for (const name of matching.include) labels = withLabel(labels, name, one.get(name) ?? '')
  return labels
}

function anyPoints(series: readonly PromSeries[], count: number): Uint8Array {
  const any = new Uint8Array(count)
  for (const { present } of series) for (let k = 0; k < count; k++) if (present[k] === 1) any[k] = 1
  return any
}

/** Of each signature the one side may have a single series per step; steps without the other side do not matter. */
function demandUnique(
  ones: ReadonlyMap<string, readonly PromSeries[]>,
  matching: VectorMatching,
  relevant: Uint8Array | undefined,
  count: number,
): void {
  for (const group of ones.values()) {
    if (group.length === 1) continue
    const holders = new Array<PromSeries | undefined>(count).fill(undefined)
    for (const one of group) {
      for (let k = 0; k < count; k++) {
        if (one.present[k] !== 1 || relevant?.[k] === 0) continue
        const holder = holders[k]
        if (holder !== undefined) throw duplicateError(one, holder, matching)
        holders[k] = one
      }
    }
  }
}

function duplicateError(second: PromSeries, first: PromSeries, matching: VectorMatching) {
  const side = matching.cardinality === 'one-to-many' ? 'left' : 'right'
  const group = formatLabels(matchedLabels(second.labels, matching))
  return evaluationError(
    `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: ` +
      `[${formatLabels(second.labels)}, ${formatLabels(first.labels)}];many-to-many matching not allowed: ` +
      'matching labels must be unique on one side',
  )
}
