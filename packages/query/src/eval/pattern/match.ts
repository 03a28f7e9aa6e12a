import type { LinePatternPart } from '../../logql/line-pattern.ts'

/**
 * Values of the pattern's captures in order, as far as they were found. A literal at the start must stand at the start of
 * the line; where a later literal is missing, the capture before it takes the rest of the line and those after get none.
 */
export function capturesOf(parts: readonly LinePatternPart[], line: string): [string, string][] {
  const found: [string, string][] = []
  if (line === '') return found
  let at = 0
  let pending: string | undefined
  for (const [index, part] of parts.entries()) {
    if ('capture' in part) {
      pending = part.capture
      continue
    }
    const position = line.indexOf(part.literal, at)
    if (index === 0) {
      if (position !== 0) return found
    } else if (position < 0) {
      if (pending !== undefined && pending !== '_') found.push([pending, line.slice(at)])
      return found
    } else if (pending !== undefined && pending !== '_') found.push([pending, line.slice(at, position)])
    at = position + part.literal.length
    pending = undefined
  }
  if (pending !== undefined && pending !== '_') found.push([pending, line.slice(at)])
  return found
}

/**
 * Whether the line has the pattern's form. As in Loki: a first literal may stand anywhere in the line, a last literal ends it,
 * every `<_>` takes at least one character, and an empty pattern fits only an empty line.
 */
export function fitsPattern(parts: readonly LinePatternPart[], line: string): boolean {
  if (parts.length === 0 || line === '') return parts.length === 0 && line === ''
  let at = 0
  let openEnd = false
  for (const [index, part] of parts.entries()) {
    if ('capture' in part) {
      openEnd = true
      continue
    }
    const position = line.indexOf(part.literal, at)
    if (position < 0 || (index > 0 && position === at)) return false
    at = position + part.literal.length
    openEnd = false
  }
  return openEnd === at < line.length
}
