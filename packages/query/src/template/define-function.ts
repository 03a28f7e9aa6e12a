import { type CallScope, GoFunction, type GoInt, type Instant, type ParameterType, type Value } from './value.ts'

interface Arguments {
  string: string
  /** As a JavaScript number: counts, widths, indexes. Beyond 2^53 it is not exact. */
  int: number
  int64: bigint
  float64: number
  bool: boolean
  any: Value
  reflect: Value
  'time.Time': Instant
  'time.Duration': GoInt
}
type ArgumentsOf<P extends readonly ParameterType[]> = { [I in keyof P]: Arguments[P[I]] }

/**
 * A function of fixed parameters. The call's arguments have been checked against them; results follow `Value`, so that an
 * `int` is a bigint. Throws `FunctionFault` to fail the execution.
 */
export function defineFunction<const P extends readonly ParameterType[]>(
  parameters: P,
  call: (args: ArgumentsOf<P>, scope: CallScope) => Value,
): GoFunction {
  return new GoFunction(parameters, undefined, (args, scope) => call(args as unknown as ArgumentsOf<P>, scope))
}

/** As `defineFunction`, with any number of further arguments of one type. */
export function defineVariadic<const P extends readonly ParameterType[], V extends ParameterType>(
  parameters: P,
  variadic: V,
  call: (args: ArgumentsOf<P>, rest: readonly Arguments[V][], scope: CallScope) => Value,
): GoFunction {
  const fixed = parameters.length
  return new GoFunction(parameters, variadic, (args, scope) =>
    call(args as unknown as ArgumentsOf<P>, args.slice(fixed) as Arguments[V][], scope),
  )
}
