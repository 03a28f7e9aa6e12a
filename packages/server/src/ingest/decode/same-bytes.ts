/** True when `bytes[start …]` begins with all of `known`. Loops, because what is compared is short. */
export function holdsAt(bytes: Uint8Array, start: number, known: Uint8Array): boolean {
  for (let i = 0; i < known.length; i++) if (bytes[start + i] !== known[i]) return false
  return true
}

/** True when as many bytes at one place are those at another; beyond the end nothing is the same. */
export function sameRange(bytes: Uint8Array, one: number, other: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[one + i] !== bytes[other + i]) return false
  return true
}
