import { compileRe2 } from './test.ts'

/** A pattern of RE2 that has to match the whole of a text. */
export interface WholePattern {
  matches(text: string): boolean
  /**
   * Makes a function that fills `template` (`$1`, `${1}`, `$name`, `${name}`; `$$` is one `$`) with what the groups matched,
   * or gives undefined when the text does not match. Groups that do not exist or took no part are empty.
   */
  expander(template: string): (text: string) => string | undefined
}

const REFERENCE = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu

/** Compiles an anchored pattern in which a dot matches every character. A bad one is a parse-phase `QueryError`. */
export function compileWholePattern(pattern: string): WholePattern {
  // By itself first: `a)(b` would be made good by the brackets around it.
  compileRe2(pattern)
  const compiled = compileRe2(`^(?s:${pattern})$`)
  const names = compiled.namedGroups() as Record<string, number>
  const groupOf = (reference: string): number | undefined => {
    const index = /^\d+$/.test(reference) ? Number(reference) : names[reference]
    return index !== undefined && index <= compiled.groupCount() ? index : undefined
  }
  return {
    matches: (text) => compiled.test(text),
    expander(template) {
      const parts: (string | number)[] = []
      let from = 0
      for (const match of template.matchAll(REFERENCE)) {
        parts.push(template.slice(from, match.index))
        from = match.index + match[0].length
        const reference = match[1] ?? match[2]
        const group = reference === undefined ? '$' : groupOf(reference)
        if (group !== undefined) parts.push(group)
      }
      parts.push(template.slice(from))
      return (text) => {
        const matcher = compiled.matcher(text)
        if (!matcher.find()) return undefined
        let filled = ''
        for (const part of parts) filled += typeof part === 'string' ? part : (matcher.group(part) ?? '')
        return filled
      }
    },
  }
}
