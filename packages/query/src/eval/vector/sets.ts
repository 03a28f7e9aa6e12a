import type { SetOp } from '../../logql/arithmetic.ts'
import type { VectorMatching } from '../../logql/ast.ts'
import { labelsKey } from '../labels.ts'
import type { Series } from '../types.ts'
import { type Column, emptyColumn, withPoints } from './columns.ts'
import { bySignature, signatureOf } from './match.ts'

/** `and`, `or`, `unless`: which points of the sides stay, by whether the other side has a match at the same step. */
export function combineSets(
  op: SetOp,
  matching: VectorMatching | undefined,
  left: readonly Series[],
  right: readonly Series[],
  count: number,
): Series[] {
  const signature = signatureOf(matching)
  if (op === 'or') {
    const taken = stepsBySignature(left, signature, count)
    const results = new Map<string, Column>()
    for (const one of left) addPoints(results, one, count, () => true)
    for (const one of right) {
      const steps = taken.get(signature(one.labels))
      addPoints(results, one, count, (k) => steps === undefined || steps[k] !== 1)
    }
    return withPoints([...results.values()])
  }
  const matched = stepsBySignature(right, signature, count)
  const results = new Map<string, Column>()
  for (const one of left) {
    const steps = matched.get(signature(one.labels))
    addPoints(results, one, count, (k) => (steps !== undefined && steps[k] === 1) === (op === 'and'))
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

function addPoints(results: Map<string, Column>, series: Series, count: number, kept: (k: number) => boolean): void {
  const key = labelsKey(series.labels)
  let out = results.get(key)
  if (out === undefined) {
    out = emptyColumn(series.labels, count)
    results.set(key, out)
  }
  for (let k = 0; k < count; k++) {
    if (series.present[k] !== 1 || !kept(k)) continue
    out.values[k] = series.values[k] as number
    out.present[k] = 1
  }
}
