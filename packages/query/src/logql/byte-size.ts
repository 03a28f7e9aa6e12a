const SCALE: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1],
  ['m', 2],
  ['g', 3],
  ['t', 4],
  ['p', 5],
])
const SIZE = /^(\d+(?:\.\d*)?|\.\d+)([kKMGTP]?)(i?)(B?)$/

/**
 * A size literal such as `5B`, `20KB`, `2.5KiB`, `1P`: decimal units are powers of 1000, those with `i` powers of 1024.
 * Bytes, rounded down; undefined for what is no size (exabytes and above are not known).
 */
export function parseByteSize(text: string): number | undefined {
  const match = SIZE.exec(text)
  if (match === null) return undefined
  const [, digits = '', unit = '', binary = '', suffix = ''] = match
  if (unit === '' && (binary !== '' || suffix === '')) return undefined
  const exponent = SCALE.get(unit.toLowerCase()) ?? 0
  const power = unit === '' ? 0 : exponent
  const value = Math.floor(Number(digits) * (binary === '' ? 1000 : 1024) ** power)
  return Number.isFinite(value) && value < 2 ** 64 ? value : undefined
}
