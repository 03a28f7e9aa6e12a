/** Decimal digits of a positive number: 0.d1d2d3… × 10^point. Empty for zero. */
interface Digits {
  readonly digits: string
  readonly point: number
}

export type FloatVerb = 'e' | 'E' | 'f' | 'g' | 'G' | 'b' | 'x' | 'X'
const ZERO: Digits = { digits: '', point: 0 }
/** Precision beyond which there are only zeros: no double has more digits. */
const MAX_DIGITS = 1100
/** Where `%g` turns scientific when no precision is given. */
const SHORTEST_LIMIT = 6

/**
 * A double in the forms of Go's `strconv.FormatFloat`. A negative precision means the fewest digits that read back to the
 * same number. Rounds the exact value half to even.
 */
export function formatFloat(value: number, verb: FloatVerb, precision: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  if (verb === 'b') return sign + binary(size)
  if (verb === 'x' || verb === 'X') {
    const shown = hexadecimal(size, precision)
    return sign + (verb === 'X' ? shown.toUpperCase() : shown)
  }
  if (precision < 0) return sign + formatShortest(size, verb)
  switch (verb) {
    case 'f': {
      const exact = exactDigits(size)
      return sign + plain(roundTo(exact, exact.point + Math.min(precision, MAX_DIGITS)), precision)
    }
    case 'e':
    case 'E':
      return sign + scientific(roundTo(exactDigits(size), Math.min(precision, MAX_DIGITS) + 1), precision, verb)
    default: {
      const wanted = Math.max(precision, 1)
      const digits = roundTo(exactDigits(size), Math.min(wanted, MAX_DIGITS))
      const shown = digits.digits.replace(/0+$/, '').length
      const limit = wanted > shown && shown >= digits.point ? shown : wanted
      return sign + general(digits, shown, limit, verb)
    }
  }
}

function formatShortest(size: number, verb: FloatVerb): string {
  const digits = shortestDigits(size)
  const { length } = digits.digits
  switch (verb) {
    case 'f':
      return plain(digits, Math.max(length - digits.point, 0))
    case 'e':
    case 'E':
      return scientific(digits, Math.max(length - 1, 0), verb)
    default:
      return general(digits, length, SHORTEST_LIMIT, verb)
  }
}

/** `%g`: scientific for exponents below -4 or from the limit on, else plain; without trailing zeros. */
function general(digits: Digits, shown: number, limit: number, verb: FloatVerb): string {
  const exponent = digits.point - 1
  if (digits.digits !== '' && (exponent < -4 || exponent >= limit)) {
    return scientific(digits, Math.max(shown - 1, 0), verb === 'G' ? 'E' : 'e')
  }
  return plain(digits, Math.max(shown - digits.point, 0))
}

function shortestDigits(size: number): Digits {
  if (size === 0) return ZERO
  const [mantissa, exponent] = size.toExponential().split('e') as [string, string]
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 }
}

const buffer = new DataView(new ArrayBuffer(8))

/** mantissa × 2^exponent, exactly. */
function parts(size: number): { readonly mantissa: bigint; readonly exponent: number } {
  buffer.setFloat64(0, size)
  const bits = buffer.getBigUint64(0)
  const fraction = bits & ((1n << 52n) - 1n)
  const biased = Number(bits >> 52n)
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 }
}

function exactDigits(size: number): Digits {
  if (size === 0) return ZERO
  const { mantissa, exponent } = parts(size)
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString()
    return { digits, point: digits.length }
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString()
  return { digits, point: digits.length + exponent }
}

/** Rounds to so many digits, half to even. */
function roundTo({ digits, point }: Digits, count: number): Digits {
  if (count >= digits.length) return { digits, point }
  if (count < 0) return ZERO
  const next = digits.charCodeAt(count) - 0x30
  const isTie = next === 5 && /^0*$/.test(digits.slice(count + 1))
  const isOdd = count > 0 && digits.charCodeAt(count - 1) % 2 === 1
  const kept = digits.slice(0, count)
  if (isTie ? !isOdd : next < 5) return kept === '' ? ZERO : { digits: kept, point }
  const raised = (BigInt(kept === '' ? '0' : kept) + 1n).toString()
  return raised.length > count ? { digits: raised, point: point + 1 } : { digits: raised, point }
}

function plain({ digits, point }: Digits, precision: number): string {
  const whole = point <= 0 || digits === '' ? '0' : digits.slice(0, point).padEnd(point, '0')
  if (precision <= 0) return whole
  const zeros = digits === '' ? '' : '0'.repeat(Math.min(Math.max(-point, 0), precision))
  const fraction = zeros + digits.slice(Math.max(point, 0))
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, '0')}`
}

function scientific({ digits, point }: Digits, precision: number, letter: string): string {
  const first = digits === '' ? '0' : digits[0]
  const fraction = precision > 0 ? `.${digits.slice(1, precision + 1).padEnd(precision, '0')}` : ''
  const exponent = digits === '' ? 0 : point - 1
  return `${first}${fraction}${letter}${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** `%b`: the mantissa and the power of two, in decimal. */
function binary(size: number): string {
  const { mantissa, exponent } = parts(size)
  return `${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
}

/** `%x`: 0x1.8p+00. */
function hexadecimal(size: number, precision: number): string {
  let { mantissa, exponent } = parts(size)
  if (mantissa === 0n) exponent = 0
  else {
    // One binary digit stands before the point, and the fraction has 60 bits.
    const length = mantissa.toString(2).length
    mantissa <<= BigInt(61 - length)
    exponent += length - 1
  }
  if (precision >= 0 && precision < 15) {
    const shift = BigInt(60 - precision * 4)
    const rest = mantissa & ((1n << shift) - 1n)
    mantissa >>= shift
    const half = 1n << (shift - 1n)
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++
    mantissa <<= shift
    if (mantissa >> 61n !== 0n) {
      mantissa >>= 1n
      exponent++
    }
  }
  const first = mantissa >> 60n
  let fraction = (mantissa & ((1n << 60n) - 1n)).toString(16).padStart(15, '0')
  fraction = precision < 0 ? fraction.replace(/0+$/, '') : fraction.slice(0, precision).padEnd(precision, '0')
  const sign = exponent < 0 ? '-' : '+'
  return `0x${first}${fraction === '' ? '' : `.${fraction}`}p${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
}
