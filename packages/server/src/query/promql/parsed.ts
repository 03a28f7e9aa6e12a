import { type PromExpr, parsePromQL } from '@girok/query/promql'
import { checkQueryText } from '../limits.ts'
import { type PromLimits, runLimits } from './limits.ts'

/** Trees that are kept; dashboards and rules send the same texts again and again. */
const REMEMBERED = 500
/** Longer texts are parsed anew. */
const REMEMBERED_LENGTH = 8192

/** Makes a parser that remembers the trees of the texts seen last. Throws `limit_exceeded` for a text that is too long. */
export function createPromParser(limits: PromLimits): (text: string) => PromExpr {
  const textLimits = runLimits(limits)
  const trees = new Map<string, PromExpr>()
  return (text) => {
    const known = trees.get(text)
    if (known !== undefined) {
      trees.delete(text)
      trees.set(text, known)
      return known
    }
    checkQueryText(text, textLimits)
    const tree = parsePromQL(text)
    if (text.length > REMEMBERED_LENGTH) return tree
    trees.set(text, tree)
    if (trees.size > REMEMBERED) trees.delete(trees.keys().next().value as string)
    return tree
  }
}
