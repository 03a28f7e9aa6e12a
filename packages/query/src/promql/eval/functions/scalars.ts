import { NO_LABELS } from '../../../eval/labels.ts'
import { lastOf, queryEnd } from '../frame.ts'
import { absentSteps } from '../range/evaluate.ts'
import { evaluateSampleTimes } from '../select/instant.ts'
import { joinEqual, promColumn, vectorOf } from '../series.ts'
import { absentLabels } from './absent.ts'
import { type CallFunction, changePoints, scalarOfEachStep } from './member.ts'
import { largerOf, smallerOf } from './points.ts'

/** Functions of times and numbers, and those that turn the one into the other. */
export const SCALAR_FUNCTIONS: readonly CallFunction[] = [
  { name: 'time', evaluate: (call) => scalarOfEachStep(call.count, (k) => call.timeAt(k) / 1000) },
  { name: 'pi', evaluate: (call) => scalarOfEachStep(call.count, () => Math.PI) },
  { name: 'start', evaluate: (call) => scalarOfEachStep(call.count, () => call.shared.grid.startMs / 1000) },
  { name: 'end', evaluate: (call) => scalarOfEachStep(call.count, () => queryEnd(call.shared.grid) / 1000) },
  {
    name: 'range',
    evaluate(call) {
      const { grid } = call.shared
      return scalarOfEachStep(call.count, () => (queryEnd(grid) - grid.startMs) / 1000)
    },
  },
  {
    name: 'step',
    evaluate(call) {
      const { grid } = call.shared
      // An instant query has no step; its grid has the least there can be.
      const instant = grid.stepMs === 1 && lastOf(grid) === grid.startMs
      return scalarOfEachStep(call.count, () => (instant ? 0 : grid.stepMs / 1000))
    },
  },
  {
    name: 'min_of',
    evaluate(call) {
      const [a, b] = [call.scalar(0), call.scalar(1)]
      return scalarOfEachStep(call.count, (k) => smallerOf(a[k] as number, b[k] as number))
    },
  },
  {
    name: 'max_of',
    evaluate(call) {
      const [a, b] = [call.scalar(0), call.scalar(1)]
      return scalarOfEachStep(call.count, (k) => largerOf(a[k] as number, b[k] as number))
    },
  },
  {
    name: 'scalar',
    evaluate(call) {
      const values = new Float64Array(call.count).fill(Number.NaN)
      const found = new Uint8Array(call.count)
      for (const one of call.vector(0)) {
        for (let k = 0; k < call.count; k++) {
          if (one.present[k] !== 1) continue
          values[k] = found[k] === 0 ? (one.values[k] as number) : Number.NaN
          found[k] = 1
        }
      }
      return { kind: 'scalar', values }
    },
  },
  {
    name: 'vector',
    evaluate(call) {
      const out = promColumn(NO_LABELS, call.count)
      out.values.set(call.scalar(0))
      out.present.fill(1)
      return vectorOf([out])
    },
  },
  {
    name: 'absent',
    evaluate(call) {
      return vectorOf(absentSteps(call.vector(0), absentLabels(call.argument(0)), call.count))
    },
  },
  {
    name: 'timestamp',
    evaluate(call) {
      const argument = call.argument(0)
      if (argument.kind !== 'selector') {
        return changePoints(call, call.vector(0), (_value, k) => call.timeAt(k) / 1000)
      }
      // Of a selector, the samples' own times; of anything else, the evaluation time.
      const series = evaluateSampleTimes(call.shared, argument, call.frame)
      return vectorOf(joinEqual(series.map((one) => ({ ...one, ...call.renamed(one) }))))
    },
  },
]
