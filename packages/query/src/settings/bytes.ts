const UNITS: readonly (readonly [string, number])[] = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
]

const FACTORS = new Map<string, number>([
  ['', 1],
  ['b', 1],
  ...UNITS.flatMap(([unit, factor]) =>
    [unit, `${unit[0]}B`, unit[0] ?? ''].map((name) => [name.toLowerCase(), factor] as const),
  ),
])

const SIZE = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/

/**
 * Bytes of a size such as `256KB`, `8MiB`, `1.5 GB`, `512`. KB, KiB and K all mean 1,024 bytes, because that is what Loki
 * and Prometheus mean by KB in the limits that people bring along. Case does not matter.
 * @throws RangeError that says what a size may look like
 */
export function parseBytes(value: string | number): number {
  const [, digits, unit] = SIZE.exec(String(value)) ?? []
  const factor = unit === undefined ? undefined : FACTORS.get(unit.toLowerCase())
  const bytes = digits === undefined || factor === undefined ? Number.NaN : Math.round(Number(digits) * factor)
  if (!Number.isSafeInteger(bytes)) throw new RangeError('not a size: write for example 256KB, 8MiB or 1048576')
  return bytes
}

/** The shortest exact text of a size: `8MiB`, `1000`. Reads back by {@link parseBytes} to the same number. */
export function formatBytes(bytes: number): string {
  for (const [unit, factor] of UNITS) if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`
  return String(bytes)
}
