import { type Document, isScalar, type Node, visit, YAMLParseError } from 'yaml'

/**
 * Adds an error for each key that its map has already, at its place and in the parser's words. For documents that were
 * parsed with {@link UNCHECKED_KEYS}: the parser compares each key with all before it, which takes minutes for a map of a
 * hundred thousand.
 */
export function refuseRepeatedKeys(document: Document<Node, boolean>): void {
  const found: YAMLParseError[] = []
  visit(document.contents, {
    Map(_, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        const start = key.range?.[0] ?? 0
        if (seen.has(key.value)) {
          found.push(new YAMLParseError([start, start + 1], 'DUPLICATE_KEY', 'Map keys must be unique'))
        }
        seen.add(key.value)
      }
    },
  })
  if (found.length === 0) return
  document.errors.push(...found)
  document.errors.sort((a, b) => a.pos[0] - b.pos[0])
}

/** An option of the parser. */
export const UNCHECKED_KEYS = { uniqueKeys: false } as const
