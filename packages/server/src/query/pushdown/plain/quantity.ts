/** Durations of one part, `12.5ms`, not `1m30s`: what programs write. */
const DURATION = '^([0-9]{1,9})(?:[.]([0-9]{1,9}))?(ns|us|µs|μs|ms|s|m|h)$'
const UNITS = "['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h']"
const UNIT_NS = '[1., 1e3, 1e3, 1e3, 1e6, 1e9, 60e9, 3600e9]'

/** Whole digits, digits of the fraction and unit; empty when the text is no such duration. */
export function durationParts(text: string): string {
  return `extractGroups(${text}, '${DURATION}')`
}

/**
 * Nullable(Float64): the nanoseconds of a Go duration, in whole numbers as Go counts them. NULL for texts that are none
 * and for those that SQL leaves to the evaluator: several parts, signs, and whatever a double does not hold exactly.
 */
export function durationOfParts(parts: string): string {
  const scale = `transform(${parts}[3], ${UNITS}, ${UNIT_NS}, 0.)`
  // Go cuts the fraction to whole nanoseconds.
  const tenth = `toFloat64OrZero(concat('1', repeat('0', length(${parts}[2]))))`
  const total = `toFloat64OrZero(${parts}[1]) * ${scale} + floor(toFloat64OrZero(${parts}[2]) * ${scale} / ${tenth})`
  return `if(notEmpty(${parts}) AND ${total} < 9e15, ${total}, NULL)`
}

/** Sizes with an optional unit, but for the rare forms (`1,024`, exabytes). */
const BYTES = '(?i)^([0-9]{1,12}(?:[.][0-9]{1,6})?) ?(|b|[kmgt]i?b?)$'
const LETTERS = "['k', 'm', 'g', 't']"

/** Digits and unit; empty when the text is no such size. */
export function sizeParts(text: string): string {
  return `extractGroups(${text}, '${BYTES}')`
}

/** Nullable(Float64): the whole bytes of a size such as `1.5KB` or `2 KiB`. NULL for what SQL leaves to the evaluator. */
export function sizeOfParts(parts: string): string {
  const unit = `lower(${parts}[2])`
  const letter = `substring(${unit}, 1, 1)`
  const scale =
    `if(substring(${unit}, 2, 1) = 'i', ` +
    `transform(${letter}, ${LETTERS}, [1024., 1048576., 1073741824., 1099511627776.], 1.), ` +
    `transform(${letter}, ${LETTERS}, [1e3, 1e6, 1e9, 1e12], 1.))`
  return `if(notEmpty(${parts}), trunc(toFloat64OrZero(${parts}[1]) * ${scale}), NULL)`
}
