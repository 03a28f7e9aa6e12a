import { GoInt, typeName, type Value } from '../value.ts'
import { printArgument } from './print-value.ts'
import { Printer } from './printer.ts'

/** Widths and precisions beyond it are no numbers to `fmt`. */
const MAX_NUMBER = 1_000_000

/** Go's `fmt.Sprintf`: faults of format and arguments show up in the text. The text may have `limit` characters. */
export function sprintf(format: string, args: readonly Value[], limit: number): string {
  return new Formatter(format, args, limit).run()
}

/** Go's `fmt.Sprint`: blanks between two neighbours that are both no strings. */
export function sprint(args: readonly Value[], limit: number): string {
  const printer = new Printer(limit)
  let afterText = false
  for (const [index, value] of args.entries()) {
    const isText = typeof value === 'string'
    if (index > 0 && !isText && !afterText) printer.write(' ')
    printArgument(printer, value, 'v')
    afterText = isText
  }
  return printer.out
}

/** Go's `fmt.Sprintln`: blanks between all, and a line break. */
export function sprintln(args: readonly Value[], limit: number): string {
  const printer = new Printer(limit)
  for (const [index, value] of args.entries()) {
    if (index > 0) printer.write(' ')
    printArgument(printer, value, 'v')
  }
  printer.write('\n')
  return printer.out
}

class Formatter {
  private readonly format: string
  private readonly args: readonly Value[]
  private readonly printer: Printer
  private at = 0
  /** The next argument. */
  private next = 0
  private reordered = false
  private goodIndex = true
  /** Whether what was just read was an index such as `[3]`. */
  private afterIndex = false

  constructor(format: string, args: readonly Value[], limit: number) {
    this.format = format
    this.args = args
    this.printer = new Printer(limit)
  }

  run(): string {
    const { format, printer, args } = this
    while (this.at < format.length) {
      const percent = format.indexOf('%', this.at)
      const end = percent < 0 ? format.length : percent
      if (end > this.at) printer.write(format.slice(this.at, end))
      if (percent < 0) break
      this.at = percent + 1
      this.directive()
    }
    if (!this.reordered && this.next < args.length) this.extra()
    return printer.out
  }

  private directive(): void {
    const { format, printer } = this
    printer.clearFlags()
    this.goodIndex = true
    this.afterIndex = false
    this.flags()
    this.index()
    this.width()
    if (format[this.at] === '.' && this.at + 1 < format.length) this.precision()
    if (!this.afterIndex) this.index()
    if (this.at >= format.length) {
      printer.write('%!(NOVERB)')
      return
    }
    const verb = String.fromCodePoint(format.codePointAt(this.at) as number)
    this.at += verb.length
    this.print(verb)
  }

  private print(verb: string): void {
    const { printer, args } = this
    if (verb === '%') printer.write('%')
    else if (!this.goodIndex) printer.write(`%!${verb}(BADINDEX)`)
    else if (this.next >= args.length) printer.write(`%!${verb}(MISSING)`)
    else {
      if (verb === 'v' || verb === 'w') {
        printer.sharpV = printer.sharp
        printer.sharp = false
        printer.plusV = printer.plus
        printer.plus = false
      }
      printArgument(printer, args[this.next++], verb)
    }
  }

  private flags(): void {
    const { printer, format } = this
    for (; this.at < format.length; this.at++) {
      switch (format[this.at]) {
        case '#':
          printer.sharp = true
          break
        case '0':
          printer.zero = true
          break
        case '+':
          printer.plus = true
          break
        case '-':
          printer.minus = true
          break
        case ' ':
          printer.space = true
          break
        default:
          return
      }
    }
  }

  private width(): void {
    const { printer } = this
    if (this.format[this.at] === '*') {
      this.at++
      const width = this.numberFromArgument()
      printer.hasWidth = width !== undefined
      printer.width = Math.abs(width ?? 0)
      if (width === undefined) printer.write('%!(BADWIDTH)')
      if (width !== undefined && width < 0) {
        printer.minus = true
        printer.zero = false
      }
      this.afterIndex = false
      return
    }
    const width = this.digits()
    printer.hasWidth = width !== undefined
    printer.width = width ?? 0
    if (this.afterIndex && width !== undefined) this.goodIndex = false
  }

  private precision(): void {
    const { printer } = this
    this.at++
    if (this.afterIndex) this.goodIndex = false
    this.index()
    if (this.format[this.at] === '*') {
      this.at++
      const precision = this.numberFromArgument()
      printer.hasPrecision = precision !== undefined && precision >= 0
      printer.precision = printer.hasPrecision ? (precision as number) : 0
      if (!printer.hasPrecision) printer.write('%!(BADPREC)')
      this.afterIndex = false
      return
    }
    printer.precision = this.digits() ?? 0
    printer.hasPrecision = true
  }

  /** Reads digits; a number too large ends the format, as a directive without a verb. */
  private digits(): number | undefined {
    const { format } = this
    let number = 0
    let found = false
    for (; this.at < format.length; this.at++) {
      const digit = format.charCodeAt(this.at) - 0x30
      if (digit < 0 || digit > 9) break
      if (number > MAX_NUMBER) {
        this.at = format.length
        return undefined
      }
      number = number * 10 + digit
      found = true
    }
    return found ? number : undefined
  }

  private numberFromArgument(): number | undefined {
    if (this.next >= this.args.length) return undefined
    const value = this.args[this.next++]
    const number = typeof value === 'bigint' ? value : value instanceof GoInt ? value.value : undefined
    if (number === undefined || number > MAX_NUMBER || number < -MAX_NUMBER) return undefined
    return Number(number)
  }

  /** `[n]`: the argument to take, counted from 1. */
  private index(): void {
    const { format } = this
    this.afterIndex = false
    if (format[this.at] !== '[') return
    this.reordered = true
    const close = format.indexOf(']', this.at)
    if (close < 0 || format.length - this.at < 3) {
      this.at++
      this.goodIndex = false
      return
    }
    const written = format.slice(this.at + 1, close)
    this.at = close + 1
    const number = /^\d{1,7}$/.test(written) ? Number(written) : Number.NaN
    if (number >= 1 && number <= this.args.length) {
      this.next = number - 1
      this.afterIndex = true
      return
    }
    this.goodIndex = false
    this.afterIndex = !Number.isNaN(number)
  }

  private extra(): void {
    const { printer, args } = this
    printer.clearFlags()
    printer.write('%!(EXTRA ')
    for (const [index, value] of args.slice(this.next).entries()) {
      if (index > 0) printer.write(', ')
      if (value === null || value === undefined) printer.write('<nil>')
      else {
        printer.write(`${typeName(value)}=`)
        printArgument(printer, value, 'v')
      }
    }
    printer.write(')')
  }
}
