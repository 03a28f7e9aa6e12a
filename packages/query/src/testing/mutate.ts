/**
 * A text with one to four random changes: pieces put in or over it, stretches left out or swapped, the tail of another seed.
 * At most 1,000 characters long.
 */
export function mutate(
  text: string,
  pieces: readonly string[],
  seeds: readonly string[],
  random: () => number,
): string {
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] as string
  let mutated = text
  for (let rounds = 1 + Math.floor(random() * 4); rounds > 0; rounds--) {
    const a = Math.floor(random() * (mutated.length + 1))
    const b = Math.min(mutated.length, a + Math.floor(random() * 12))
    const how = random()
    if (how < 0.35) mutated = mutated.slice(0, a) + pick(pieces) + mutated.slice(a)
    else if (how < 0.6) mutated = mutated.slice(0, a) + mutated.slice(b)
    else if (how < 0.8) mutated = mutated.slice(0, a) + pick(pieces) + mutated.slice(b)
    else if (how < 0.9) mutated = mutated.slice(0, b) + mutated.slice(a)
    else {
      const other = pick(seeds)
      mutated = mutated.slice(0, a) + other.slice(Math.floor(random() * other.length))
    }
  }
  return mutated.slice(0, 1000)
}
