/** The line of a query at fault in three parts: before, at and behind the place (`line` and `column` from 1). */
export function faultParts(query: string, line: number, column: number): readonly [string, string, string] {
  const text = query.split('\n')[line - 1] ?? ''
  const chars = [...text]
  const at = Math.min(Math.max(0, column - 1), chars.length)
  const word = /^[\p{L}\p{N}_]+|^./u.exec(chars.slice(at).join(''))?.[0] ?? ' '
  return [chars.slice(0, at).join(''), word, chars.slice(at).join('').slice(word.length)]
}
