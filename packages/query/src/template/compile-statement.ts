import type { ActionNode, BranchNode, ListNode, Statement, TemplateNode } from './ast.ts'
import type { BodyScope } from './body-scope.ts'
import type { Evaluate } from './closures.ts'
import { compilePipe, declare } from './compile-pipe.ts'
import { formatValue } from './format/print-value.ts'
import { printNode } from './print.ts'
import type { Run } from './run.ts'
import { GoInt, isTrue, kindOf, mapGet, sortedKeys, typeName, type Value } from './value.ts'

/** How a statement ended: `break` and `continue` travel outwards to their range. */
export type Signal = 0 | 1 | 2
const DONE: Signal = 0
const BREAK: Signal = 1
const CONTINUE: Signal = 2

export type Execute = (run: Run, dot: Value) => Signal

export function compileList(scope: BodyScope, list: ListNode): Execute {
  const steps = list.nodes.map((node) => compileStatement(scope, node))
  const { length } = steps
  return (run, dot) => {
    run.spend(length + 1)
    for (let i = 0; i < length; i++) {
      const signal = (steps[i] as Execute)(run, dot)
      if (signal !== DONE) return signal
    }
    return DONE
  }
}

function compileStatement(scope: BodyScope, node: Statement): Execute {
  switch (node.kind) {
    case 'text': {
      const { text } = node
      return (run) => {
        run.write(text)
        return DONE
      }
    }
    case 'action':
      return compileAction(scope, node)
    case 'if':
    case 'with':
      return compileCondition(scope, node)
    case 'range':
      return compileRange(scope, node)
    case 'template':
      return compileInvocation(scope, node)
    case 'break':
      return () => BREAK
    case 'continue':
      return () => CONTINUE
  }
}

function compileAction(scope: BodyScope, node: ActionNode): Execute {
  const evaluate = compilePipe(scope, node.pipe)
  if (node.pipe.declarations.length > 0) {
    return (run, dot) => {
      evaluate(run, dot)
      return DONE
    }
  }
  const last = node.pipe.commands.at(-1)?.operands[0]
  const lastFunction = last?.kind === 'identifier' ? last.name : undefined
  return (run, dot) => {
    run.node = node
    const value = evaluate(run, dot)
    if (run.escaper !== undefined && kindOf(value) !== 'func') {
      const text = value === undefined ? '' : formatValue(value, run)
      run.write(run.escaper.escape(run.out, value, text, lastFunction))
    } else if (typeof value === 'string') run.write(value)
    else if (kindOf(value) === 'func') {
      run.node = node
      run.fail(`can't print ${printNode(node)} of type ${typeName(value)}`)
    } else run.write(value === undefined ? '<no value>' : formatValue(value, run))
    return DONE
  }
}

function compileCondition(scope: BodyScope, node: BranchNode): Execute {
  return scope.block('same', () => {
    const evaluate = compilePipe(scope, node.pipe)
    const isWith = node.kind === 'with'
    const body = isWith
      ? scope.block('other', () => compileList(scope, node.body))
      : scope.block('same', () => compileList(scope, node.body))
    const otherwise = compileElse(scope, node)
    return (run, dot) => {
      const value = evaluate(run, dot)
      if (isTrue(value)) return body(run, isWith ? value : dot)
      return otherwise === undefined ? DONE : otherwise(run, dot)
    }
  })
}

function compileElse(scope: BodyScope, { otherwise }: BranchNode): Execute | undefined {
  return otherwise === undefined ? undefined : scope.block('same', () => compileList(scope, otherwise))
}

/** One turn of a range. False ends it. */
type Turn = (run: Run, key: Value, element: Value) => boolean

function compileRange(scope: BodyScope, node: BranchNode): Execute {
  return scope.block('same', () => {
    const { declarations, isAssignment } = node.pipe
    const evaluate = compilePipe(scope, { ...node.pipe, declarations: [] })
    const stores = declarations.map((variable) => declare(scope, variable, isAssignment))
    const body = scope.block('other', () => compileList(scope, node.body))
    const otherwise = compileElse(scope, node)
    const [first, second] = stores
    const turn: Turn = (run, key, element) => {
      // With one variable it is the element's, with two the first is the key's.
      first?.(run, second === undefined ? element : key)
      second?.(run, element)
      return body(run, element) !== BREAK
    }
    return (run, dot) => {
      run.node = node
      const value = evaluate(run, dot)
      for (const store of stores) store(run, value)
      const empty = iterate(run, value, stores.length, turn)
      // A `break` in the else branch belongs to the range around this one.
      return empty && otherwise !== undefined ? otherwise(run, dot) : DONE
    }
  })
}

/** Runs over an integer, an array or a map; tells whether there was nothing to run over. */
function iterate(run: Run, value: Value, variables: number, turn: Turn): boolean {
  switch (kindOf(value)) {
    case 'int':
    case 'uint':
      return iterateInteger(run, value, variables, turn)
    case 'slice': {
      const elements = value as readonly Value[]
      for (let i = 0; i < elements.length; i++) {
        if (!turn(run, BigInt(i), elements[i] === undefined ? null : elements[i])) break
      }
      return elements.length === 0
    }
    case 'map': {
      const keys = sortedKeys(value)
      run.spend(keys.length)
      for (const key of keys) if (!turn(run, key, mapGet(value, key))) break
      return keys.length === 0
    }
    case 'invalid':
      return true
    default:
      return run.fail(`range can't iterate over ${formatValue(value, run)}`)
  }
}

function iterateInteger(run: Run, value: Value, variables: number, turn: Turn): boolean {
  if (variables > 1) run.fail(`can't use ${formatValue(value, run)} to iterate over more than one variable`)
  if (typeof value === 'bigint') {
    for (let i = 0n; i < value; i++) if (!turn(run, undefined, i)) break
    return value <= 0n
  }
  const { typeName: type, value: end } = value as GoInt
  for (let i = 0n; i < end; i++) if (!turn(run, undefined, new GoInt(type, i))) break
  return end <= 0n
}

function compileInvocation(scope: BodyScope, node: TemplateNode): Execute {
  const evaluate: Evaluate = node.pipe === undefined ? () => undefined : compilePipe(scope, node.pipe)
  const { invokeTemplate } = scope.compiler
  return (run, dot) => {
    run.node = node
    invokeTemplate(run, node, () => evaluate(run, dot))
    return DONE
  }
}
