import { formatDuration } from '../../text/duration.ts'
import { formatFloat } from '../../text/number-literal.ts'
import { quoteString } from '../../text/string-literal.ts'
import type { Extraction, LabelFilter, LabelTarget, LineFilterStage, Matcher, Selector, Stage, Unwrap } from '../ast.ts'

/** `name op "value"` */
export function printMatcher(matcher: Matcher): string {
  return `${matcher.name}${matcher.op}${quoteString(matcher.value)}`
}

/** `{a="b", c=~"d"}` */
export function printSelector(selector: Selector): string {
  return `{${selector.matchers.map(printMatcher).join(', ')}}`
}

/** One stage of a pipeline with its leading `|` or line filter operator. */
export function printStage(stage: Stage): string {
  switch (stage.kind) {
    case 'lineFilter':
      return printLineFilter(stage)
    case 'json':
      return withArguments('| json', printExtractions(stage.extractions))
    case 'logfmt': {
      const flags = `${stage.strict ? ' --strict' : ''}${stage.keepEmpty ? ' --keep-empty' : ''}`
      return withArguments(`| logfmt${flags}`, printExtractions(stage.extractions))
    }
    case 'regexp':
      return `| regexp ${quoteString(stage.pattern)}`
    case 'pattern':
      return `| pattern ${quoteString(stage.pattern)}`
    case 'unpack':
      return '| unpack'
    case 'decolorize':
      return '| decolorize'
    case 'lineFormat':
      return `| line_format ${quoteString(stage.template)}`
    case 'labelFormat': {
      const assignments = stage.assignments.map(
        ({ name, value }) => `${name}=${value.kind === 'label' ? value.name : quoteString(value.text)}`,
      )
      return `| label_format ${assignments.join(', ')}`
    }
    case 'drop':
      return `| drop ${stage.targets.map(printTarget).join(', ')}`
    case 'keep':
      return `| keep ${stage.targets.map(printTarget).join(', ')}`
    case 'distinct':
      return `| distinct ${stage.names.join(', ')}`
    case 'fieldMatch':
      return `| field ${stage.matchers.map(printMatcher).join(', ')}`
    case 'labelFilter':
      return `| ${printLabelFilter(stage.filter)}`
  }
}

function withArguments(stage: string, list: string): string {
  return list === '' ? stage : `${stage} ${list}`
}

function printLineFilter(stage: LineFilterStage): string {
  const operands = stage.operands.map(({ kind, value }) =>
    kind === 'ip' ? `ip(${quoteString(value)})` : quoteString(value),
  )
  return `${stage.op} ${operands.join(' or ')}`
}

function printExtractions(extractions: readonly Extraction[]): string {
  return extractions
    .map(({ name, expression }) => (name === expression ? name : `${name}=${quoteString(expression)}`))
    .join(', ')
}

function printTarget(target: LabelTarget): string {
  return target.matcher === undefined ? target.name : printMatcher(target.matcher)
}

/** A label filter without its leading `|`; parentheses only where the tree needs them. */
export function printLabelFilter(filter: LabelFilter): string {
  switch (filter.kind) {
    case 'string':
      return printMatcher(filter.matcher)
    case 'number':
      return `${filter.name} ${filter.op} ${formatFloat(filter.value)}`
    case 'duration':
      return `${filter.name} ${filter.op} ${formatDuration(filter.valueNs)}`
    case 'bytes':
      return `${filter.name} ${filter.op} ${filter.text}`
    case 'ip':
      return `${filter.name} ${filter.op} ip(${quoteString(filter.pattern)})`
    case 'and':
    case 'or': {
      const { kind, left, right } = filter
      const leftText = bracketed(printLabelFilter(left), kind === 'and' && left.kind === 'or')
      const rightText = bracketed(
        printLabelFilter(right),
        right.kind === kind || (kind === 'and' && right.kind === 'or'),
      )
      return `${leftText} ${kind} ${rightText}`
    }
  }
}

export function bracketed(text: string, needed: boolean): string {
  return needed ? `(${text})` : text
}

/** `| unwrap conversion(label)` and the filters after it, each with its `|`. */
export function printUnwrap(unwrap: Unwrap): string[] {
  const label = unwrap.conversion === undefined ? unwrap.label : `${unwrap.conversion}(${unwrap.label})`
  return [`| unwrap ${label}`, ...unwrap.filters.map((filter) => `| ${printLabelFilter(filter)}`)]
}
