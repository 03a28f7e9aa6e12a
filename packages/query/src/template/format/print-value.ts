import { LimitFault } from '../error.ts'
import {
  type CallScope,
  Dictionary,
  type GoFunction,
  GoInt,
  GoList,
  type GoObject,
  kindOf,
  mapGet,
  sortedKeys,
  typeName,
  type Value,
} from '../value.ts'
import { Printer } from './printer.ts'

/** How deep printed data may be nested: deeper data, which only JSON of a log line has, fails. */
const MAX_NESTING = 500
const TEXT_VERBS = 'vsxXq'

/** The value as `%v` prints it. */
export function formatValue(value: Value, scope: Pick<CallScope, 'maxOutput'>): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  const printer = new Printer(scope.maxOutput)
  printArgument(printer, value, 'v')
  return printer.out
}

/** Writes one argument under the flags set. */
export function printArgument(printer: Printer, value: Value, verb: string): void {
  if (value === undefined || value === null) {
    if (verb === 'T' || verb === 'v') printer.pad('<nil>')
    else badVerb(printer, value, verb)
    return
  }
  if (verb === 'T') printer.text(typeName(value))
  // Wrapping errors is for another function of Go.
  else if (verb === 'w') badVerb(printer, value, verb)
  else printValue(printer, value, verb, 0, false)
}

export function badVerb(printer: Printer, value: Value, verb: string): void {
  printer.write(`%!${verb}(`)
  if (value === undefined || value === null) printer.write('<nil>')
  else {
    printer.write(`${typeName(value)}=`)
    printValue(printer, value, 'v', 0, true)
  }
  printer.write(')')
}

/** `erroring`: within the message of a wrong verb, where types do not print themselves. */
function printValue(printer: Printer, value: Value, verb: string, depth: number, erroring: boolean): void {
  if (depth > MAX_NESTING) throw new LimitFault(`data is nested more than ${MAX_NESTING} levels deep`)
  switch (kindOf(value)) {
    case 'invalid':
    case 'nil':
      if (printer.sharpV) printer.write('interface {}(nil)')
      else printer.write('<nil>')
      return
    case 'bool':
      if (verb === 't' || verb === 'v') printer.boolean(value as boolean)
      else badVerb(printer, value, verb)
      return
    case 'int':
    case 'uint':
      printInteger(printer, value as bigint | GoInt, verb, erroring)
      return
    case 'float':
      printFloat(printer, value as number, verb)
      return
    case 'string':
      printText(printer, value as string, value, verb)
      return
    case 'slice':
      if (printOwnText(printer, value, verb)) return
      printSlice(printer, value as readonly Value[], verb, depth, erroring)
      return
    case 'map':
      if (printOwnText(printer, value, verb)) return
      printMap(printer, value, verb, depth, erroring)
      return
    case 'struct':
      printObject(printer, value as GoObject, verb)
      return
    default:
      // A function: its address, which nobody can use.
      if (verb === 'v' || verb === 'p') printer.pad('0x0')
      else badVerbOfFunction(printer, value as GoFunction, verb)
  }
}

/** Of lists and maps whose type says how they look. */
function printOwnText(printer: Printer, value: Value, verb: string): boolean {
  if (printer.sharpV || !TEXT_VERBS.includes(verb)) return false
  const text = value instanceof GoList || value instanceof Dictionary ? value.text() : undefined
  if (text !== undefined) printText(printer, text, value, verb)
  return text !== undefined
}

function badVerbOfFunction(printer: Printer, value: GoFunction, verb: string): void {
  printer.write(`%!${verb}(${typeName(value)}=0x0)`)
}

function printInteger(printer: Printer, value: bigint | GoInt, verb: string, erroring: boolean): void {
  const named =
    value instanceof GoInt && !erroring && !printer.sharpV && TEXT_VERBS.includes(verb) ? value.text() : undefined
  if (named !== undefined) {
    printText(printer, named, value, verb)
    return
  }
  const number = typeof value === 'bigint' ? value : value.value
  switch (verb) {
    case 'v':
      if (printer.sharpV && value instanceof GoInt && value.unsigned) {
        printer.sharp = true
        printer.integer(number, 16, verb)
        printer.sharp = false
      } else printer.integer(number, 10, verb)
      return
    case 'd':
      printer.integer(number, 10, verb)
      return
    case 'b':
      printer.integer(number, 2, verb)
      return
    case 'o':
    case 'O':
      printer.integer(number, 8, verb)
      return
    case 'x':
    case 'X':
      printer.integer(number, 16, verb)
      return
    case 'c':
      printer.character(BigInt.asUintN(64, number))
      return
    case 'q':
      printer.quotedCharacter(BigInt.asUintN(64, number))
      return
    case 'U':
      printer.unicode(BigInt.asUintN(64, number))
      return
    default:
      badVerb(printer, value, verb)
  }
}

function printFloat(printer: Printer, value: number, verb: string): void {
  switch (verb) {
    case 'v':
      printer.float(value, 'g', -1)
      return
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X':
      printer.float(value, verb, -1)
      return
    case 'f':
    case 'e':
    case 'E':
      printer.float(value, verb, 6)
      return
    case 'F':
      printer.float(value, 'f', 6)
      return
    default:
      badVerb(printer, value, verb)
  }
}

/** A text, or the text that a value of another type has of itself. */
function printText(printer: Printer, text: string, value: Value, verb: string): void {
  switch (verb) {
    case 'v':
      if (printer.sharpV) printer.quoted(text)
      else printer.text(text)
      return
    case 's':
      printer.text(text)
      return
    case 'x':
    case 'X':
      printer.hexText(text, verb === 'X')
      return
    case 'q':
      printer.quoted(text)
      return
    default:
      badVerb(printer, value, verb)
  }
}

function printSlice(printer: Printer, value: readonly Value[], verb: string, depth: number, erroring: boolean): void {
  printer.write(printer.sharpV ? `${typeName(value)}{` : '[')
  for (const [index, element] of value.entries()) {
    if (index > 0) printer.write(printer.sharpV ? ', ' : ' ')
    printValue(printer, element, verb, depth + 1, erroring)
  }
  printer.write(printer.sharpV ? '}' : ']')
}

function printMap(printer: Printer, value: Value, verb: string, depth: number, erroring: boolean): void {
  printer.write(printer.sharpV ? `${typeName(value)}{` : 'map[')
  for (const [index, key] of sortedKeys(value).entries()) {
    if (index > 0) printer.write(printer.sharpV ? ', ' : ' ')
    printValue(printer, key, verb, depth + 1, erroring)
    printer.write(':')
    const element = mapGet(value, key)
    printValue(printer, element, verb, depth + 1, erroring)
  }
  printer.write(printer.sharpV ? '}' : ']')
}

function printObject(printer: Printer, value: GoObject, verb: string): void {
  if (printer.sharpV) printer.write(value.goString() ?? `${value.typeName}{…}`)
  else if (TEXT_VERBS.includes(verb)) printText(printer, value.toString(), value, verb)
  else printer.write(`%!${verb}(${value.typeName}=${value.toString()})`)
}
