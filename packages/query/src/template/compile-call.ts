import { fitCalled, handOver, isFunction } from './arguments.ts'
import type { ErrorNode, IdentifierNode, Operand } from './ast.ts'
import type { BodyScope } from './body-scope.ts'
import type { Argument, Command } from './closures.ts'
import { compileArgument, validate } from './compile-pipe.ts'
import { FunctionFault } from './error.ts'
import { CALL, SHORT_CIRCUIT } from './functions/builtins.ts'
import { printNode } from './print.ts'
import type { Run } from './run.ts'
import { type GoFunction, isTrue, type ParameterType, typeName, type Value } from './value.ts'

/** What a call costs besides the texts that go in and out: some hundred nanoseconds. */
const CALL_WORK = 10
const CHARACTERS_PER_UNIT = 16

/** A call of a function of the tables. `node` is what faults of the call show. */
export function compileCall(
  scope: BodyScope,
  identifier: IdentifierNode,
  node: ErrorNode,
  args: readonly Operand[],
  hasPiped: boolean,
): Command {
  const { name } = identifier
  scope.useFunction(name)
  const fn = scope.compiler.functionNamed(name)
  const passed = args.map((arg) => compileArgument(scope, arg))
  if (fn === undefined) {
    return (run) => {
      run.node = identifier
      return run.fail(`${JSON.stringify(name)} is not a defined function`)
    }
  }
  const fault = countFault(fn, name, args.length, hasPiped)
  if (fault !== undefined) {
    return (run) => {
      run.node = identifier
      return run.fail(fault)
    }
  }
  if (SHORT_CIRCUIT.has(fn)) return shortCircuit(fn, identifier, passed, hasPiped)
  if (fn === CALL) return callValue(identifier, node, args, passed, hasPiped)
  return (run, dot, piped) => {
    run.node = identifier
    const values = evaluateArguments(run, dot, fn, passed, hasPiped, piped)
    return invoke(run, fn, name, node, values)
  }
}

/** Calls a method that a chain of fields has come to. */
export function invokeMethod(
  run: Run,
  dot: Value,
  method: GoFunction,
  name: string,
  node: ErrorNode,
  passed: readonly Argument[],
  hasPiped: boolean,
  piped: Value,
): Value {
  const fault = countFault(method, name, passed.length, hasPiped)
  if (fault !== undefined) run.fail(fault)
  return invoke(run, method, name, node, evaluateArguments(run, dot, method, passed, hasPiped, piped))
}

function countFault(fn: GoFunction, name: string, written: number, hasPiped: boolean): string | undefined {
  const given = written + (hasPiped ? 1 : 0)
  const wanted = fn.parameters.length
  if (fn.variadic === undefined) {
    return given === wanted ? undefined : `wrong number of args for ${name}: want ${wanted} got ${given}`
  }
  return given >= wanted ? undefined : `wrong number of args for ${name}: want at least ${wanted} got ${written}`
}

function typeAt(fn: GoFunction, index: number): ParameterType {
  return (index < fn.parameters.length ? fn.parameters[index] : fn.variadic) as ParameterType
}

function evaluateArguments(
  run: Run,
  dot: Value,
  fn: GoFunction,
  passed: readonly Argument[],
  hasPiped: boolean,
  piped: Value,
): Value[] {
  const values: Value[] = []
  for (let i = 0; i < passed.length; i++) values.push((passed[i] as Argument)(run, dot, typeAt(fn, i)))
  if (hasPiped) values.push(validate(run, piped, typeAt(fn, passed.length)))
  return values
}

function invoke(run: Run, fn: GoFunction, name: string, node: ErrorNode, values: readonly Value[]): Value {
  let work = CALL_WORK
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    work += typeof value === 'string' ? value.length / CHARACTERS_PER_UNIT : 1
  }
  run.spend(work)
  let result: Value
  try {
    result = fn.invoke(values, run)
  } catch (error) {
    if (!(error instanceof FunctionFault)) throw error
    run.node = node
    return run.fail(`error calling ${name}: ${error.message}`)
  }
  if (typeof result === 'string') {
    run.checkLength(result.length)
    run.spend(result.length / CHARACTERS_PER_UNIT)
  }
  return result
}

/** `and` and `or`: the first argument that decides, or the last. The others are not evaluated. */
function shortCircuit(fn: GoFunction, node: ErrorNode, passed: readonly Argument[], hasPiped: boolean): Command {
  const decisive = SHORT_CIRCUIT.get(fn) as boolean
  return (run, dot, piped) => {
    run.node = node
    run.spend(1 + passed.length)
    let value: Value
    for (const argument of passed) {
      value = argument(run, dot, 'reflect')
      if (isTrue(value) === decisive) return value
    }
    return hasPiped ? piped : value
  }
}

/** `call f a b`: f is a value. */
function callValue(
  identifier: IdentifierNode,
  node: ErrorNode,
  args: readonly Operand[],
  passed: readonly Argument[],
  hasPiped: boolean,
): Command {
  const shown = args.length === 0 ? undefined : printNode(args[0] as Operand)
  return (run, dot, piped) => {
    run.node = identifier
    const values = evaluateArguments(run, dot, CALL, passed, hasPiped, piped)
    const [callee, ...rest] = values
    const refuse = (reason: string): never => {
      run.node = node
      return run.fail(`error calling call: ${reason}`)
    }
    if (callee === undefined || callee === null) return refuse('call of nil')
    const name = shown ?? `<${typeName(callee)} Value>`
    if (!isFunction(callee)) return refuse(`non-function ${name} of type ${typeName(callee)}`)
    const { parameters, variadic } = callee
    if (variadic === undefined ? rest.length !== parameters.length : rest.length < parameters.length) {
      const wanted = `${variadic === undefined ? '' : 'at least '}${parameters.length}`
      return refuse(`wrong number of args for ${name}: got ${rest.length} want ${wanted}`)
    }
    const fitted = rest.map((value, index) => {
      const type = typeAt(callee, index)
      const fit = fitCalled(value, type)
      return 'fault' in fit ? refuse(`arg ${index}: ${fit.fault}`) : handOver(fit.value, type)
    })
    return invoke(run, callee, 'call', node, fitted)
  }
}
