import { scanString } from '../text/string-literal.ts'

/** A step of a JSON path: a key of an object, or an index of an array. */
export type JsonPathStep = string | number

const FIELD = /[A-Za-z_]\w*/y
const INDEX = /\d+/y

/**
 * Reads the expression of `json name="…"`: `a.b[0]["key with spaces"]`. Answers the steps, or where and why it is none.
 */
export function parseJsonPath(text: string): { readonly steps: readonly JsonPathStep[] } | { readonly fault: string } {
  const steps: JsonPathStep[] = []
  let i = 0
  while (i < text.length) {
    if (text[i] === '[') {
      const step = bracketStep(text, i + 1)
      if (step === undefined) return { fault: `expecting ["key"] or [index] at character ${i + 1} of ${text}` }
      steps.push(step.value)
      i = step.end
      continue
    }
    if (text[i] === '.' && steps.length > 0) i++
    else if (steps.length > 0) return unexpected(text, i)
    FIELD.lastIndex = i
    if (!FIELD.test(text)) return unexpected(text, i)
    steps.push(text.slice(i, FIELD.lastIndex))
    i = FIELD.lastIndex
  }
  return steps.length === 0 ? { fault: 'the expression is empty' } : { steps }
}

function bracketStep(text: string, start: number): { value: JsonPathStep; end: number } | undefined {
  let value: JsonPathStep
  let end: number
  if (text[start] === '"') {
    const scanned = scanString(text, start)
    if (scanned.fault !== undefined) return undefined
    value = scanned.value
    end = scanned.end
  } else {
    INDEX.lastIndex = start
    if (!INDEX.test(text)) return undefined
    end = INDEX.lastIndex
    value = Number(text.slice(start, end))
  }
  return text[end] === ']' ? { value, end: end + 1 } : undefined
}

function unexpected(text: string, at: number): { fault: string } {
  if (at >= text.length) return { fault: `${text} ends where a field should follow` }
  const character = String.fromCodePoint(text.codePointAt(at) as number)
  return { fault: `unexpected ${JSON.stringify(character)} at character ${at + 1} of ${text}; quote such keys: ["…"]` }
}
