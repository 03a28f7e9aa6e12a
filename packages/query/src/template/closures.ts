import type { Run } from './run.ts'
import type { ParameterType, Value } from './value.ts'

/** A pipeline or operand made ready. */
export type Evaluate = (run: Run, dot: Value) => Value
/** A command made ready; `piped` is the value of the command before it, where there is one. */
export type Command = (run: Run, dot: Value, piped?: Value) => Value
/** An argument made ready: what it is for a parameter of the type. */
export type Argument = (run: Run, dot: Value, type: ParameterType) => Value
