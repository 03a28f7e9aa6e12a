import { lineScalar, promotedFields, scalarNumber, scalarText } from '../../../store/promoted.ts'
import { logfmtScalar } from './logfmt.ts'
import { durationOfParts, durationParts, sizeOfParts, sizeParts } from './quantity.ts'

/**
 * What a row's fields are worth is asked for several times in a statement, and each answer is built on others: written
 * out, the text of a statement doubles with every step. So conditions name an answer (`json_number_of_status`), and
 * {@link withDefinitions} defines each name where it first stands.
 */
export type FieldAspect = 'scalar' | 'text' | 'number' | 'duration_parts' | 'duration' | 'size_parts' | 'size'
export type FieldParser = 'json' | 'logfmt'

/** The name of one aspect of a field. `field` must be a plain label name. */
export function fieldName(parser: FieldParser, aspect: FieldAspect, field: string): string {
  if (parser === 'json' && (aspect === 'text' || aspect === 'number')) {
    const stored = promotedFields().get(field)
    // Where only one of the two has a column, the other is read off the line.
    if (stored && !LINE.test(stored[aspect])) return stored[aspect]
  }
  return `${parser}_${aspect}_of_${field}`
}

/** A literal, which is passed over, or a name. */
const NAMES =
  /'(?:[^'\\]|\\[\s\S])*'|\b(json|logfmt)_(scalar|text|number|duration_parts|duration|size_parts|size)_of_([A-Za-z0-9_]+)\b/g
/** What this function itself has written. */
const DEFINED = /'(?:[^'\\]|\\[\s\S])*'|\bAS ((?:json|logfmt)_[a-z_]+_of_[A-Za-z0-9_]+)\)/g

/** The SQL with a definition in place of the first occurrence of each name, unless `beside` has one. */
export function withDefinitions(sql: string, beside = ''): string {
  const known = new Set<string>()
  for (const [, name] of beside.matchAll(DEFINED)) if (name !== undefined) known.add(name)
  const expand = (text: string): string =>
    text.replace(NAMES, (name, parser: FieldParser | undefined, aspect: FieldAspect, field: string) => {
      if (parser === undefined || known.has(name)) return name
      known.add(name)
      return `(${expand(definitionOf(parser, aspect, field))} AS ${name})`
    })
  return expand(sql)
}

const LINE = /\bline\b/

/** Whether the engine must read lines for it. */
export function readsLine(sql: string): boolean {
  return LINE.test(withDefinitions(sql).replace(/'(?:[^'\\]|\\[\s\S])*'/g, "''"))
}

function definitionOf(parser: FieldParser, aspect: FieldAspect, field: string): string {
  const scalar = fieldName(parser, 'scalar', field)
  const text = fieldName(parser, 'text', field)
  const parts = (kind: 'duration_parts' | 'size_parts'): string => fieldName(parser, kind, field)
  switch (aspect) {
    case 'scalar':
      return parser === 'json' ? lineScalar(field) : logfmtScalar(field)
    case 'text':
      return parser === 'json'
        ? scalarText(scalar)
        : `if(startsWith(${scalar}, '"'), substring(${scalar}, 2, length(${scalar}) - 2), ${scalar})`
    case 'number': {
      if (parser === 'logfmt') return numberOfText(text)
      return `if(isNull(${scalarNumber(scalar)}), ${numberOfText(text)}, ${scalarNumber(scalar)})`
    }
    case 'duration_parts':
      return durationParts(text)
    case 'duration':
      return durationOfParts(parts('duration_parts'))
    case 'size_parts':
      return sizeParts(text)
    case 'size':
      return sizeOfParts(parts('size_parts'))
  }
}

/**
 * Digits that fit a double with room to spare, so that the engine's reading and Go's cannot differ: numbers in quotes, or
 * of logfmt. The lengths keep them finite.
 */
const DECIMAL = '^[-+]?[0-9]{1,18}(?:[.][0-9]{1,18})?$'

function numberOfText(text: string): string {
  return `if(match(${text}, '${DECIMAL}'), toFloat64OrNull(${text}), NULL)`
}
