import { FunctionFault } from '../error.ts'
import { compareText } from '../utf8.ts'
import { integerOf, type Kind, kindOf, typeName, type Value } from '../value.ts'

const BASIC: ReadonlySet<Kind> = new Set<Kind>(['bool', 'int', 'uint', 'float', 'string'])

/** Signed and unsigned integers compare by their values. */
function basicKind(value: Value): Kind | undefined {
  const kind = kindOf(value)
  if (kind === 'uint') return 'int'
  return BASIC.has(kind) ? kind : undefined
}

function incompatible(a: Value, b: Value): FunctionFault {
  return new FunctionFault(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`)
}

/** Nil out of a container is no value. */
function bare(value: Value): Value {
  return value === null ? undefined : value
}

/** Whether the first equals one of the others. Only values of one basic kind compare, and nil with anything. */
export function equalsAny(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new FunctionFault('missing argument for comparison')
  const value = bare(first)
  for (const other of others) if (equals(value, bare(other))) return true
  return false
}

function equals(a: Value, b: Value): boolean {
  const kind = basicKind(a)
  if (kind !== basicKind(b)) {
    if (a !== undefined && b !== undefined) throw incompatible(a, b)
    return false
  }
  if (kind === 'int') return integerOf(a) === integerOf(b)
  if (kind !== undefined) return a === b
  if (a === undefined || b === undefined) return a === b
  if (kindOf(a) !== kindOf(b)) throw new FunctionFault(`non-comparable types ${typeName(a)} and ${typeName(b)}`)
  if (kindOf(a) !== 'struct') throw new FunctionFault(`non-comparable type ${typeName(b)}`)
  return String(a) === String(b)
}

export function isLess(first: Value, second: Value): boolean {
  const a = bare(first)
  const b = bare(second)
  const kind = basicKind(a)
  if (kind === undefined || basicKind(b) === undefined) throw new FunctionFault('invalid type for comparison')
  if (kind !== basicKind(b)) throw incompatible(a, b)
  switch (kind) {
    case 'int':
      return integerOf(a) < integerOf(b)
    case 'float':
      return (a as number) < (b as number)
    case 'string':
      return compareText(a as string, b as string) < 0
    default:
      throw new FunctionFault('invalid type for comparison')
  }
}
