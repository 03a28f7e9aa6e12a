import type { Matcher } from '../ast.ts'

/** A copy of a tree without places and brackets and with matchers in order, for comparing trees of different texts. */
export function normalForm<T>(node: T): T {
  if (Array.isArray(node)) return node.map(normalForm) as T
  if (node === null || typeof node !== 'object') return node
  if ('kind' in node && node.kind === 'paren' && 'expr' in node) return normalForm(node.expr) as T
  const entries = Object.entries(node).filter(([key]) => key !== 'at' && key !== 'opAt')
  const copy = Object.fromEntries(
    entries.map(([key, value]) => [key, normalForm(key === 'matchers' ? sorted(value as readonly Matcher[]) : value)]),
  )
  return copy as T
}

function sorted(matchers: readonly Matcher[]): readonly Matcher[] {
  const text = ({ name, op, value }: Matcher) => JSON.stringify([name, op, value])
  return matchers.toSorted((a, b) => (text(a) < text(b) ? -1 : 1))
}
