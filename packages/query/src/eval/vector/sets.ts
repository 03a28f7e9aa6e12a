import type { SetOp } from '../../logql/arithmetic.ts'
import type { VectorMatching } from '../../logql/ast.ts'
import { labelsKey } from '../labels.ts'
import type { Series } from '../types.ts'
import { type Column, emptyColumn, withPoints } from './columns.ts'
import { bySignature, signatureOf } from './match.ts'

export function combineSets(
  op: SetOp,
  matching: VectorMatching | undefined,
  left: readonly Series[],
  right: readonly Series[],
  count: number,
): Series[] {
  return combineBySignature(op, signatureOf(matching), left, right, count)
}

/**
 * `and`, `or`, `unless`: which points of the sides stay, by whether the other side has a point of the same signature at the
 * same step. Series of equal identity (by default: equal labels) become one, which is like the first of them in all else.
 */
export function combineBySignature<S extends Series>(
  op: SetOp,
  signature: (labels: Series['labels']) => string,
  left: readonly S[],
  right: readonly S[],
  count: number,
  identity: (series: S) => string = ({ labels }) => labelsKey(labels),
): S[] {
  if (op === 'or') {
    const taken = stepsBySignature(left, signature, count)
    const results = new Map<string, S & Column>()
    for (const one of left) addPoints(results, identity(one), one, count, () => true)
    for (const one of right) {
      const steps = taken.get(signature(one.labels))
      addPoints(results, identity(one), one, count, (k) => steps === undefined || steps[k] !== 1)
    }
    return withPoints([...results.values()])
  }
  const matched = stepsBySignature(right, signature, count)
  const results = new Map<string, S & Column>()
  for (const one of left) {
    const steps = matched.get(signature(one.labels))
    addPoints(results, identity(one), one, count, (k) => (steps !== undefined && steps[k] === 1) === (op === 'and'))
  }
  return withPoints([...results.values()])
}

/** At which steps any series of a signature has a point. */
function stepsBySignature(
  series: readonly Series[],
  signature: (labels: Series['labels']) => string,
  count: number,
): ReadonlyMap<string, Uint8Array> {
  const steps = new Map<string, Uint8Array>()
  for (const [key, group] of bySignature(series, signature)) {
    const any = new Uint8Array(count)
    for (const { present } of group) for (let k = 0; k < count; k++) if (present[k] === 1) any[k] = 1
    steps.set(key, any)
  }
  return steps
}

function addPoints<S extends Series>(
  results: Map<string, S & Column>,
  key: string,
  series: S,
  count: number,
  kept: (k: number) => boolean,
): void {
  let out = results.get(key)
  if (out === undefined) {
    out = { ...series, ...emptyColumn(series.labels, count) }
    results.set(key, out)
  }
  for (let k = 0; k < count; k++) {
    if (series.present[k] !== 1 || !kept(k)) continue
    out.values[k] = series.values[k] as number
    out.present[k] = 1
  }
}
