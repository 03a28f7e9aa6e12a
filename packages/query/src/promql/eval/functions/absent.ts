import type { Labels } from '../../../eval/types.ts'
import type { PromExpr } from '../../ast.ts'
import { NAME_LABEL, withLabel } from '../labels.ts'

/** The labels that a selector demands to be equal to something, each by one matcher only: those of what is absent. */
export function absentLabels(expr: PromExpr): Labels {
  const selector = expr.kind === 'matrix' ? expr.selector : expr
  let labels: Labels = new Map()
  if (selector.kind !== 'selector') return labels
  const seen = new Set<string>()
  for (const { name, op, value } of selector.matchers) {
    if (name === NAME_LABEL) continue
    const first = op === '=' && !seen.has(name)
    labels = withLabel(labels, name, first ? value : '')
    if (first) seen.add(name)
  }
  return labels
}
