import { fieldOf, Method } from './access.ts'
import { fitNumber, handOver, idealConstant, isAssignable, literalMisfit, misfit } from './arguments.ts'
import type { CommandNode, FieldNode, NumberNode, Operand, PipeNode, VariableNode } from './ast.ts'
import type { BodyScope } from './body-scope.ts'
import type { Argument, Command, Evaluate } from './closures.ts'
import { printNode } from './print.ts'
import type { Run } from './run.ts'
import { Dictionary, type ParameterType, type Value } from './value.ts'

/** A variable whose declaration has not been executed. */
export const UNSET: unique symbol = Symbol('unset')

export function compilePipe(scope: BodyScope, pipe: PipeNode): Evaluate {
  scope.enter()
  const [first, ...rest] = pipe.commands.map((command, index) => compileCommand(scope, command, index > 0)) as [
    Command,
    ...Command[],
  ]
  scope.leave()
  const evaluate: Evaluate = (run, dot) => {
    run.spend(1)
    run.node = pipe
    let value = first(run, dot, undefined)
    for (const command of rest) value = command(run, dot, value === null ? undefined : value)
    // A nil out of a container is no value from here on.
    return value === null ? undefined : value
  }
  if (pipe.declarations.length === 0) return evaluate
  const stores = pipe.declarations.map((variable) => declare(scope, variable, pipe.isAssignment))
  return (run, dot) => {
    const value = evaluate(run, dot)
    for (const store of stores) store(run, value)
    return value
  }
}

type Store = (run: Run, value: Value) => void

/** Where a declaration puts its value: a new slot, or that of the variable which exists. */
export function declare(scope: BodyScope, { names }: VariableNode, isAssignment: boolean): Store {
  const name = names[0] as string
  const slot = isAssignment ? scope.slotOf(name) : scope.declare(name)
  if (slot === undefined) return (run) => run.fail(`undefined variable: ${name}`)
  if (!isAssignment) {
    return (run, value) => {
      run.variables[slot] = value
    }
  }
  return (run, value) => {
    if (run.variables[slot] === UNSET) run.fail(`undefined variable: ${name}`)
    run.variables[slot] = value
  }
}

function compileCommand(scope: BodyScope, command: CommandNode, hasPiped: boolean): Command {
  const [first, ...rest] = command.operands as [Operand, ...Operand[]]
  switch (first.kind) {
    case 'identifier':
      return scope.compiler.compileCall(scope, first, command, rest, hasPiped)
    case 'field':
      return compileField(scope, first, rest, hasPiped)
    case 'variable':
      if (first.names.length > 1) return compileChain(scope, first, first.names.slice(1), rest, hasPiped)
      break
    case 'chain':
      return compileChain(scope, first, first.names, rest, hasPiped)
    default:
      break
  }
  if (rest.length > 0 || hasPiped) {
    return (run) => {
      run.node = first
      return run.fail(`can't give argument to non-function ${printNode(first)}`)
    }
  }
  const evaluate = compileOperand(scope, first)
  return (run, dot) => {
    run.node = first
    return evaluate(run, dot)
  }
}

/** An operand by itself, of the type that it has. */
function compileOperand(scope: BodyScope, node: Operand): Evaluate {
  switch (node.kind) {
    case 'dot':
      scope.readDot()
      return (_run, dot) => dot
    case 'bool':
      return () => node.value
    case 'string':
      return () => node.text
    case 'number':
      return compileConstant(node)
    case 'nil':
      return (run) => {
        run.node = node
        return run.fail('nil is not a command')
      }
    case 'pipe':
      return compilePipe(scope, node)
    case 'variable':
      return node.names.length > 1
        ? compileChain(scope, node, node.names.slice(1), [], false)
        : compileVariable(scope, node)
    case 'field':
      return compileField(scope, node, [], false)
    case 'chain':
      return compileChain(scope, node, node.names, [], false)
    case 'identifier':
      return scope.compiler.compileCall(scope, node, node, [], false)
  }
}

function compileConstant(node: NumberNode): Evaluate {
  const fitted = idealConstant(node)
  if ('value' in fitted) return () => fitted.value
  return (run) => {
    run.node = node
    return run.fail(fitted.fault)
  }
}

function compileVariable(scope: BodyScope, node: VariableNode): Evaluate {
  const name = node.names[0] as string
  const slot = scope.slotOf(name)
  if (name === '$' && node.names.length === 1) scope.readRoot()
  return (run) => {
    run.node = node
    const value = slot === undefined ? UNSET : run.variables[slot]
    return value === UNSET ? run.fail(`undefined variable: ${name}`) : value
  }
}

/** `.a.b` of the dot. */
function compileField(scope: BodyScope, node: FieldNode, args: readonly Operand[], hasPiped: boolean): Command {
  const [name] = node.names as [string]
  scope.readDotField(name)
  const general = compileFields(scope, (_run, dot) => dot, node, node.names, args, hasPiped)
  if (node.names.length > 1 || args.length > 0 || hasPiped) return general
  const missing = scope.compiler.missingKey === 'zero' ? '' : undefined
  return (run, dot, piped) => {
    run.node = node
    const value = dot instanceof Dictionary && dot.method(name) === undefined ? (dot.get(name) ?? missing) : undefined
    return value === undefined ? general(run, dot, piped) : value
  }
}

/** `$x.a.b` or `(…).a.b`. */
function compileChain(
  scope: BodyScope,
  node: Operand & { readonly kind: 'variable' | 'chain' },
  names: readonly string[],
  args: readonly Operand[],
  hasPiped: boolean,
): Command {
  let receiver: Evaluate
  if (node.kind === 'chain') receiver = compileOperand(scope, node.node)
  else {
    receiver = compileVariable(scope, node)
    if (node.names[0] === '$') scope.readRootField(names[0] as string)
  }
  return compileFields(scope, receiver, node, names, args, hasPiped)
}

function compileFields(
  scope: BodyScope,
  receiver: Evaluate,
  node: Operand,
  names: readonly string[],
  args: readonly Operand[],
  hasPiped: boolean,
): Command {
  const { missingKey } = scope.compiler
  const passed = args.map((arg) => compileArgument(scope, arg))
  const last = names.length - 1
  const hasArguments = args.length > 0 || hasPiped
  const { invokeMethod } = scope.compiler
  return (run, dot, piped) => {
    run.node = node
    let value = receiver(run, dot)
    let inInterface = false
    for (let i = 0; i <= last; i++) {
      const name = names[i] as string
      const isLast = i === last
      const holder = value
      const found = fieldOf(run, holder, name, missingKey, inInterface, isLast && hasArguments)
      value =
        found instanceof Method
          ? invokeMethod(run, dot, found.fn, name, node, isLast ? passed : [], isLast && hasPiped, piped)
          : found
      inInterface = !(holder instanceof Dictionary)
    }
    return value
  }
}

export function compileArgument(scope: BodyScope, node: Operand): Argument {
  switch (node.kind) {
    case 'nil':
      return (run, _dot, type) => {
        run.node = node
        if (type === 'any') return null
        return type === 'reflect' ? undefined : run.fail(`cannot assign nil to ${type}`)
      }
    case 'bool':
      return literal(node, node.value, 'bool')
    case 'string':
      return literal(node, node.text, 'string')
    case 'number':
      return (run, _dot, type) => {
        run.node = node
        const fitted = fitNumber(node, type)
        return 'fault' in fitted ? run.fail(fitted.fault) : handOver(fitted.value, type)
      }
    default: {
      const evaluate = compileOperand(scope, node)
      return (run, dot, type) => {
        run.node = node
        return validate(run, evaluate(run, dot), type)
      }
    }
  }
}

function literal(node: Operand, value: Value, own: ParameterType): Argument {
  return (run, _dot, type) => {
    run.node = node
    if (type === own || type === 'any' || type === 'reflect') return value
    return run.fail(literalMisfit(printNode(node), type))
  }
}

/** A value that was evaluated, as a parameter of the type takes it. */
export function validate(run: Run, value: Value, type: ParameterType): Value {
  if (type === 'string' && typeof value === 'string') return value
  if (value === undefined && (type === 'any' || type === 'reflect')) return type === 'any' ? null : undefined
  if (value === undefined || !isAssignable(value, type)) return run.fail(misfit(value, type))
  return handOver(value, type)
}
