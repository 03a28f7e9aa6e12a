import { quoteText } from '../text/go-quote.ts'
import type { MissingKey, Run } from './run.ts'
import { Dictionary, type GoFunction, GoInt, GoList, GoObject, kindOf, mapGet, typeName, type Value } from './value.ts'

/** A method that a chain of fields has come to, for the chain to call. */
export class Method {
  readonly fn: GoFunction

  constructor(fn: GoFunction) {
    this.fn = fn
  }
}

/**
 * The value of `.name` of a receiver: an entry of a map, a field, or a `Method`. `inInterface` says that the receiver lies in a
 * container of any type, which is the type that faults then tell.
 */
export function fieldOf(
  run: Run,
  receiver: Value,
  name: string,
  missingKey: MissingKey,
  inInterface: boolean,
  hasArguments: boolean,
): Value {
  if (receiver instanceof Dictionary) {
    const method = receiver.method(name)
    if (method !== undefined) return new Method(method)
    if (hasArguments) run.fail(`${name} is not a method but has arguments`)
    return receiver.get(name) ?? missing(run, name, missingKey, '')
  }
  switch (kindOf(receiver)) {
    case 'invalid':
      if (missingKey === 'error') run.fail(`nil data; no entry for key ${quoteText(name)}`)
      return undefined
    case 'nil':
      return run.fail(`nil pointer evaluating interface {}.${name}`)
    case 'map': {
      if (hasArguments) run.fail(`${name} is not a method but has arguments`)
      const value = mapGet(receiver, name)
      return value === undefined ? missing(run, name, missingKey, null) : value
    }
    default:
      return memberOf(run, receiver, name, inInterface, hasArguments)
  }
}

function memberOf(run: Run, receiver: Value, name: string, inInterface: boolean, hasArguments: boolean): Value {
  if (receiver instanceof GoObject || receiver instanceof GoInt || receiver instanceof GoList) {
    const method = receiver.method(name)
    if (method !== undefined) return new Method(method)
  }
  if (receiver instanceof GoObject) {
    const field = receiver.field(name)
    if (field !== undefined) {
      if (hasArguments) run.fail(`${name} has arguments but cannot be invoked as function`)
      return field.value
    }
  }
  return run.fail(
    `can't evaluate field ${name} in type ${inInterface && !(receiver instanceof GoList) ? 'interface {}' : typeName(receiver)}`,
  )
}

function missing(run: Run, name: string, missingKey: MissingKey, zero: Value): Value {
  if (missingKey === 'error') run.fail(`map has no entry for key ${quoteText(name)}`)
  return missingKey === 'zero' ? zero : undefined
}
