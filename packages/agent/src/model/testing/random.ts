/** Numbers that look random and are the same for the same seed (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const ALPHABETS = ['abc xyz', 'é한국어', '日本語😀', 'a\n"\\\t\u0000', '=,{}']

/** A text of up to `longest` characters of one script or another. */
export function randomText(random: (below: number) => number, longest: number): string {
  const alphabet = [...(ALPHABETS[random(ALPHABETS.length)] as string)]
  return Array.from({ length: random(longest + 1) }, () => alphabet[random(alphabet.length)]).join('')
}
