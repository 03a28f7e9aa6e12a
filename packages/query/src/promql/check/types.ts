import type { PromExpr, ValueType } from '../ast.ts'
import { PROM_FUNCTIONS } from '../functions.ts'

/** What an expression gives. A call of an unknown function, which no parser makes, counts as a vector. */
export function typeOf(expr: PromExpr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'selector':
    case 'aggregate':
      return 'vector'
    case 'matrix':
    case 'subquery':
      return 'matrix'
    case 'call':
      return PROM_FUNCTIONS.get(expr.name)?.returns ?? 'vector'
    case 'binary':
      return typeOf(expr.right) === 'scalar' && typeOf(expr.left) === 'scalar' ? 'scalar' : 'vector'
    case 'unary':
    case 'paren':
      return typeOf(expr.expr)
  }
}

/** The name of a type in documentation and messages. */
export function typeName(type: ValueType): string {
  if (type === 'vector') return 'instant vector'
  return type === 'matrix' ? 'range vector' : type
}
