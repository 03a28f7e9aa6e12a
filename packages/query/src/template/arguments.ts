import type { NumberNode } from './ast.ts'
import { GoFunction, GoInt, type ParameterType, typeName, typeOfParameter, type Value } from './value.ts'

/** An argument that fits its parameter, or why it does not. */
export type Fitted = { readonly value: Value } | { readonly fault: string }

/** Whether a value that is there can be given to a parameter as it is. */
export function isAssignable(value: Value, type: ParameterType): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string'
    case 'int':
      return typeof value === 'bigint'
    case 'float64':
      return typeof value === 'number'
    case 'bool':
      return typeof value === 'boolean'
    case 'any':
    case 'reflect':
      return true
    default:
      return typeName(value) === type
  }
}

/** Functions take `int` as a number and `int64` as a bigint. */
export function handOver(value: Value, type: ParameterType): Value {
  if (type === 'int') return Number(value)
  return type === 'int64' ? (value as GoInt).value : value
}

/** Why a value cannot be given to a parameter; the caller has found that it is not assignable. */
export function misfit(value: Value, type: ParameterType): string {
  return value === undefined
    ? `invalid value; expected ${typeOfParameter(type)}`
    : `wrong type for value; expected ${typeOfParameter(type)}; got ${typeName(value)}`
}

/** What a number constant is to a parameter: its type decides what it becomes. */
export function fitNumber(node: NumberNode, type: ParameterType): Fitted {
  switch (type) {
    case 'int':
      return node.int === undefined ? { fault: `expected integer; found ${node.text}` } : { value: node.int }
    case 'int64':
    case 'time.Duration':
      return node.int === undefined
        ? { fault: `expected integer; found ${node.text}` }
        : { value: new GoInt(type, node.int) }
    case 'float64':
      return node.float === undefined ? { fault: `expected float; found ${node.text}` } : { value: node.float }
    case 'any':
    case 'reflect':
      return idealConstant(node)
    default:
      return { fault: literalMisfit(node.text, type) }
  }
}

/** Why a literal cannot stand for a parameter of the type. */
export function literalMisfit(shown: string, type: ParameterType): string {
  switch (type) {
    case 'string':
    case 'bool':
      return `expected ${type}; found ${shown}`
    case 'int':
    case 'int64':
    case 'time.Duration':
      return `expected integer; found ${shown}`
    case 'float64':
      return `expected float; found ${shown}`
    default:
      return `can't handle ${shown} for arg of type ${typeOfParameter(type)}`
  }
}

const HEX_INTEGER = /^0[xX][^pP]+$/

/** What a number constant is where no type is asked for: a float if it is written as one, else an int. */
export function idealConstant(node: NumberNode): Fitted {
  const { text, float, int } = node
  const isFloat = !HEX_INTEGER.test(text) && !text.startsWith("'") && /[.eEpP]/.test(text)
  if (isFloat && float !== undefined) return { value: float }
  return int === undefined ? { fault: `${text} overflows int` } : { value: int }
}

/** As `fit` for values that `call` hands to a function: integers are converted to the type wanted. */
export function fitCalled(value: Value, type: ParameterType): Fitted {
  if (value === undefined || value === null) {
    return type === 'any' || type === 'reflect'
      ? { value: null }
      : { fault: `value is nil; should be of type ${typeOfParameter(type)}` }
  }
  if (isAssignable(value, type)) return { value }
  const int = typeof value === 'bigint' ? value : value instanceof GoInt ? value.value : undefined
  if (int !== undefined && type === 'int') return { value: BigInt.asIntN(64, int) }
  if (int !== undefined && (type === 'int64' || type === 'time.Duration')) return { value: new GoInt(type, int) }
  return { fault: `value has type ${typeName(value)}; should be ${typeOfParameter(type)}` }
}

export function isFunction(value: Value): value is GoFunction {
  return value instanceof GoFunction
}
