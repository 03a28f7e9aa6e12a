import { sqlString } from '../../../store/literal.ts'

// No quote, equals sign, blank, half of a surrogate pair or U+FFFD; invalid UTF-8 matches nothing.
const WIDE = '\\x{80}-\\x{D7FF}\\x{E000}-\\x{FFFC}\\x{FFFE}-\\x{10FFFF}'
const BARE = `[!#-<>-~${WIDE}]+`
const QUOTED = `"[ !#-\\[\\]-~${WIDE}]+"`
const PAIR = `[A-Za-z_][A-Za-z0-9_]*=(?:${QUOTED}|${BARE})`

/**
 * SQL, 1 for lines of bare words and `name=value` with one space between them, values bare or in quotes without an
 * escape, none of them empty. A bare word is a key without value, which the parser leaves out.
 */
export const PLAIN_LOGFMT = `match(line, ${sqlString(`^(?:${PAIR}|${BARE})(?: (?:${PAIR}|${BARE}))*$`)})`

/** SQL for the value of a field of such a line as it is written there: of equal names the first counts; '' for none. */
export function logfmtScalar(name: string): string {
  return `extract(line, ${sqlString(`^(?:(?:${PAIR}|${BARE}) )*?${name}=(${QUOTED}|${BARE})(?: |$)`)})`
}
