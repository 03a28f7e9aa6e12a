import { compileWholePattern, type WholePattern } from '../../../eval/regex/whole.ts'
import type { Labels } from '../../../eval/types.ts'
import type { CallContext } from '../context.ts'
import { NAME_LABEL, withLabel } from '../labels.ts'
import { type Evaluated, evaluationError, joinEqual, vectorOf } from '../series.ts'
import type { CallFunction } from './member.ts'

/** What is no UTF-8 has become such a character: not part of a label's name. */
const BROKEN = /[\p{Surrogate}\ufffd]/u

function demandLabelName(name: string, which: 'destination' | 'source', caller: string): void {
  if (name !== '' && !BROKEN.test(name)) return
  throw evaluationError(`invalid ${which} label name in ${caller}(): ${name}`)
}

/** Every series with new labels; a series that gets a name anew keeps it. Label sets that become equal are joined. */
function relabelled(call: CallContext, target: string, change: (labels: Labels) => string | undefined): Evaluated {
  const series = call.vector(0).map((one) => {
    const value = change(one.labels)
    if (value === undefined) return one
    return {
      ...one,
      labels: withLabel(one.labels, target, value),
      dropName: target === NAME_LABEL ? false : one.dropName,
    }
  })
  return vectorOf(joinEqual(series))
}

function wholePattern(pattern: string): WholePattern {
  try {
    return compileWholePattern(pattern)
  } catch {
    throw evaluationError(`invalid regular expression in label_replace(): ${pattern}`)
  }
}

export const LABEL_FUNCTIONS: readonly CallFunction[] = [
  {
    name: 'label_replace',
    evaluate(call) {
      const [target, replacement, source, pattern] = [call.text(1), call.text(2), call.text(3), call.text(4)]
      const compiled = wholePattern(pattern)
      demandLabelName(target, 'destination', 'label_replace')
      const expand = compiled.expander(replacement)
      return relabelled(call, target, (labels) => expand(labels.get(source) ?? ''))
    },
  },
  {
    name: 'label_join',
    evaluate(call) {
      const [target, separator] = [call.text(1), call.text(2)]
      const sources = call.call.args.slice(3).map((_, i) => call.text(i + 3))
      for (const source of sources) demandLabelName(source, 'source', 'label_join')
      demandLabelName(target, 'destination', 'label_join')
      return relabelled(call, target, (labels) => sources.map((name) => labels.get(name) ?? '').join(separator))
    },
  },
]
