import { quoteText } from '../text/go-quote.ts'
import type { ErrorNode } from './ast.ts'

/** Writes a node as error messages show it. */
export function printNode(node: ErrorNode): string {
  switch (node.kind) {
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'bool':
      return String(node.value)
    case 'number':
      return node.text
    case 'string':
      return node.quoted
    case 'field':
      return node.names.map((name) => `.${name}`).join('')
    case 'variable':
      return node.names.join('.')
    case 'identifier':
      return node.name
    case 'chain':
      return `${inParens(node.node)}.${node.names.join('.')}`
    case 'command':
      return node.operands.map(inParens).join(' ')
    case 'pipe': {
      const commands = node.commands.map(printNode).join(' | ')
      if (node.declarations.length === 0) return commands
      return `${node.declarations.map(printNode).join(', ')} ${node.isAssignment ? '=' : ':='} ${commands}`
    }
    case 'text':
      return node.text
    case 'action':
      return `{{${printNode(node.pipe)}}}`
    case 'template':
      return `{{template ${quoteText(node.name)}${node.pipe === undefined ? '' : ` ${printNode(node.pipe)}`}}}`
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`
    default:
      return `{{${node.kind} ${printNode(node.pipe)}}}…`
  }
}

function inParens(node: ErrorNode): string {
  return node.kind === 'pipe' ? `(${printNode(node)})` : printNode(node)
}
