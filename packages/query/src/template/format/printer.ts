import { canBackquote, isPrintable, quoteRune, quoteText } from '../../text/go-quote.ts'
import { LimitFault } from '../error.ts'
import { encodeUtf8, isAscii, runeCount } from '../utf8.ts'
import { type FloatVerb, formatFloat } from './float.ts'

const MAX_RUNE = 0x10ffff
const LOWER = '0123456789abcdef'
const UPPER = '0123456789ABCDEF'

/** Writes numbers and texts under the flags of one verb, as Go's `fmt` does. The text's length is bounded. */
export class Printer {
  out = ''
  width = 0
  hasWidth = false
  precision = 0
  hasPrecision = false
  minus = false
  plus = false
  sharp = false
  space = false
  zero = false
  plusV = false
  sharpV = false
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  clearFlags(): void {
    this.width = 0
    this.hasWidth = false
    this.precision = 0
    this.hasPrecision = false
    this.minus = false
    this.plus = false
    this.sharp = false
    this.space = false
    this.zero = false
    this.plusV = false
    this.sharpV = false
  }

  write(text: string): void {
    this.out += text
    if (this.out.length > this.limit) throw new LimitFault(`the text exceeds ${this.limit} characters`)
  }

  /** Writes the text, filled up to the width. */
  pad(text: string, zero = this.zero): void {
    const missing = this.hasWidth ? this.width - runeCount(text) : 0
    if (missing <= 0) this.write(text)
    else if (this.minus) this.write(text + ' '.repeat(missing))
    else this.write((zero ? '0' : ' ').repeat(missing) + text)
  }

  boolean(value: boolean): void {
    this.pad(String(value))
  }

  integer(value: bigint, base: 2 | 8 | 10 | 16, verb: string): void {
    const negative = value < 0n
    let digits = (negative ? -value : value).toString(base)
    if (verb === 'X') digits = digits.toUpperCase()
    let least = 0
    if (this.hasPrecision) {
      least = this.precision
      if (least === 0 && value === 0n) {
        this.write(' '.repeat(this.hasWidth ? this.width : 0))
        return
      }
    } else if (this.zero && !this.minus && this.hasWidth) {
      least = this.width - (negative || this.plus || this.space ? 1 : 0)
    }
    digits = digits.padStart(least, '0')
    if (this.sharp) {
      if (base === 2) digits = `0b${digits}`
      else if (base === 8 && digits[0] !== '0') digits = `0${digits}`
      else if (base === 16) digits = (verb === 'X' ? '0X' : '0x') + digits
    }
    if (verb === 'O') digits = `0o${digits}`
    this.pad((negative ? '-' : this.plus ? '+' : this.space ? ' ' : '') + digits, false)
  }

  /** An integer as the character that it numbers. */
  character(value: bigint): void {
    this.pad(runeOf(value))
  }

  quotedCharacter(value: bigint): void {
    this.pad(quoteRune(runeOf(value), this.plus))
  }

  unicode(value: bigint): void {
    const digits = value.toString(16).toUpperCase()
    let shown = `U+${digits.padStart(this.hasPrecision && this.precision > 4 ? this.precision : 4, '0')}`
    if (this.sharp && value <= MAX_RUNE && isPrintable(runeOf(value))) shown += ` '${runeOf(value)}'`
    this.pad(shown, false)
  }

  float(value: number, verb: FloatVerb, defaultPrecision: number): void {
    const precision = this.hasPrecision ? this.precision : defaultPrecision
    if (precision > this.limit) throw new LimitFault(`the text exceeds ${this.limit} characters`)
    let number = formatFloat(value, verb, precision)
    const first = number[0]
    let sign = first === '-' || first === '+' ? first : '+'
    if (sign === first) number = number.slice(1)
    if (this.space && sign === '+' && !this.plus) sign = ' '
    const isSpecial = number === 'Inf' || number === 'NaN'
    if (isSpecial) {
      const shown = number === 'Inf' ? sign !== '+' || this.plus : this.space || this.plus
      this.pad((shown ? sign : number === 'Inf' && sign === '+' ? '+' : '') + number, false)
      return
    }
    if (this.sharp && verb !== 'b') number = withPoint(number, verb, precision)
    if (!this.plus && sign === '+') {
      this.pad(number)
    } else if (this.zero && !this.minus && this.hasWidth && this.width > number.length + 1) {
      this.write(sign + number.padStart(this.width - 1, '0'))
    } else this.pad(sign + number)
  }

  text(value: string): void {
    this.pad(this.truncated(value))
  }

  quoted(value: string): void {
    const text = this.truncated(value)
    this.pad(this.sharp && canBackquote(text) ? `\`${text}\`` : quoteText(text, this.plus))
  }

  /** The bytes of the text in hexadecimal. */
  hexText(value: string, upper: boolean): void {
    const all = encodeUtf8(value)
    const bytes = this.hasPrecision && this.precision < all.length ? all.subarray(0, this.precision) : all
    const digits = upper ? UPPER : LOWER
    const prefix = this.sharp && bytes.length > 0 ? (upper ? '0X' : '0x') : ''
    const shown: string[] = []
    for (const byte of bytes) shown.push((digits[byte >> 4] as string) + digits[byte & 15])
    this.pad(this.space ? shown.map((pair) => prefix + pair).join(' ') : prefix + shown.join(''))
  }

  private truncated(value: string): string {
    if (!this.hasPrecision || this.precision >= value.length) return value
    if (isAscii(value)) return value.slice(0, this.precision)
    // Two units a rune at most.
    return [...value.slice(0, 2 * this.precision)].slice(0, this.precision).join('')
  }
}

function runeOf(value: bigint): string {
  const isRune = value >= 0n && value <= MAX_RUNE && (value < 0xd800n || value > 0xdfffn)
  return isRune ? String.fromCodePoint(Number(value)) : '\ufffd'
}

/** The sharp flag: a decimal point always, and trailing zeros for the general forms. */
function withPoint(number: string, verb: FloatVerb, precision: number): string {
  const tailAt = number.search(verb === 'x' || verb === 'X' ? /[pP]/ : /[eE]/)
  let head = tailAt < 0 ? number : number.slice(0, tailAt)
  const tail = tailAt < 0 ? '' : number.slice(tailAt)
  let digits = 0
  if (verb === 'g' || verb === 'G' || verb === 'x') digits = precision === -1 ? 6 : precision
  const significant = /[^0.].*$/.exec(head)?.[0] ?? ''
  digits -= significant.replace('.', '').length
  if (!head.includes('.')) {
    if (head === '0') digits--
    head += '.'
  }
  return head + '0'.repeat(Math.max(digits, 0)) + tail
}
