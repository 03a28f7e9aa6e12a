/** Deviations beyond which a difference between two samples is not taken for chance; many are compared at once. */
const DEVIATIONS = 4

/**
 * Whether so many of the sampled lines, against so many of the base's, are a difference that chance does not make: two
 * shares, normal approximation, pooled.
 */
export function isBeyondChance(lines: number, sampled: number, baseLines: number, baseSampled: number): boolean {
  if (sampled === 0 || baseSampled === 0) return lines !== baseLines
  const pooled = (lines + baseLines) / (sampled + baseSampled)
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / sampled + 1 / baseSampled))
  return Math.abs(lines / sampled - baseLines / baseSampled) > DEVIATIONS * deviation
}
