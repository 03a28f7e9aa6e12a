const HIGHEST_PLAIN = 0xd7ff

/**
 * Order of two texts by their bytes in UTF-8, as Go and the store sort. JavaScript's own order is by UTF-16, which
 * differs beyond the basic plane.
 */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    return x <= HIGHEST_PLAIN || y <= HIGHEST_PLAIN ? x - y : Buffer.compare(Buffer.from(a), Buffer.from(b))
  }
  return a.length - b.length
}
