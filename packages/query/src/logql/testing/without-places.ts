/** A copy of a tree without the places in the text, for comparing trees of different texts. */
export function withoutPlaces<T>(node: T): T {
  if (Array.isArray(node)) return node.map(withoutPlaces) as T
  if (node === null || typeof node !== 'object') return node
  const entries = Object.entries(node).filter(([key]) => key !== 'at')
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutPlaces(value)])) as T
}
