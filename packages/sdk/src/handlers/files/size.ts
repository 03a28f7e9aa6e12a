const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

/**
 * A size in bytes, given as a number or as text: `10MB`, `512 KiB`, `1.5g`. K, M and G are powers of 1024, with or without
 * `B` or `iB`, as in the settings of most loggers.
 * @throws RangeError that names `what`, for anything that is not above 0
 */
export function parseSize(size: number | string, what = 'size'): number {
  const [, digits = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([KMG]?)(?:i?B)?\s*$/i.exec(String(size)) ?? []
  const bytes = Math.floor(Number(digits) * (UNITS[unit.toUpperCase()] ?? 0))
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes
  throw new RangeError(`${what} is ${JSON.stringify(size)}: use bytes above 0, or text such as "512KB", "10MB", "1GB"`)
}
