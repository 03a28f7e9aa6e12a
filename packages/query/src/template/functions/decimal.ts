import { FunctionFault } from '../error.ts'

/** A number in decimal: coefficient × 10^exponent, exact. */
export interface Decimal {
  readonly coefficient: bigint
  readonly exponent: number
}

/** Digits behind the point that a quotient is rounded to. */
const DIVISION_DIGITS = 16

/** The shortest decimal that reads back to the double. */
export function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) {
    const shown = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
    throw new FunctionFault(`Cannot create a Decimal from ${shown}`)
  }
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
  const fraction = mantissa.split('.')[1] ?? ''
  return { coefficient: BigInt(mantissa.replace('.', '')), exponent: Number(exponent) - fraction.length }
}

export function numberOf({ coefficient, exponent }: Decimal): number {
  return Number(`${coefficient}e${exponent}`)
}

function aligned(a: Decimal, b: Decimal): readonly [a: bigint, b: bigint, exponent: number] {
  const exponent = Math.min(a.exponent, b.exponent)
  const scaled = (value: Decimal) => value.coefficient * 10n ** BigInt(value.exponent - exponent)
  return [scaled(a), scaled(b), exponent]
}

export function add(a: Decimal, b: Decimal): Decimal {
  const [x, y, exponent] = aligned(a, b)
  return { coefficient: x + y, exponent }
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, { coefficient: -b.coefficient, exponent: b.exponent })
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent }
}

/** Rounded half away from zero. */
export function divide(a: Decimal, b: Decimal): Decimal {
  if (b.coefficient === 0n) throw new FunctionFault('decimal division by 0')
  const shift = a.exponent - b.exponent + DIVISION_DIGITS
  const up = shift > 0 ? 10n ** BigInt(shift) : 1n
  const down = shift < 0 ? 10n ** BigInt(-shift) : 1n
  const numerator = a.coefficient * up
  const denominator = b.coefficient * down
  const quotient = numerator / denominator
  const rest = numerator % denominator
  const away = magnitude(rest) * 2n >= magnitude(denominator) ? 1n : 0n
  const negative = numerator < 0n !== denominator < 0n
  return { coefficient: quotient + (negative ? -away : away), exponent: -DIVISION_DIGITS }
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}
