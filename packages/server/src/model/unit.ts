/**
 * What numbers of a panel measure. `ratio` is shown times a hundred, `percent` as it is; `bytes` and `bits` in powers of
 * 1024 and 1000; durations in the largest fitting unit; `unixMilliseconds` as a date.
 */
export const UNIT_NAMES = [
  'none',
  'perSecond',
  'bytes',
  'bytesPerSecond',
  'bits',
  'bitsPerSecond',
  'seconds',
  'milliseconds',
  'microseconds',
  'nanoseconds',
  'percent',
  'ratio',
  'celsius',
  'watts',
  'joules',
  'volts',
  'amperes',
  'hertz',
  'rpm',
  'unixMilliseconds',
] as const

export type UnitName = (typeof UNIT_NAMES)[number]
