import { parseDurationSeconds, parseNumber } from '../lex/number.ts'
import type { Token } from '../lex/tokens.ts'
import type { Cursor } from './cursor.ts'

export function atNumber(cursor: Cursor): boolean {
  return cursor.at('number') || cursor.at('duration')
}

/** Takes a number or a duration; durations are seconds. */
export function takeNumber(cursor: Cursor): {
  readonly value: number
  readonly duration: boolean
  readonly token: Token
} {
  const token = cursor.take()
  const duration = token.kind === 'duration'
  const parsed = duration ? parseDurationSeconds(token.text) : parseNumber(token.text)
  if ('fault' in parsed) return cursor.fail(parsed.fault, token.start)
  return { value: parsed.value, duration, token }
}

/** Takes a number or duration with or without a sign. */
export function takeSignedNumber(cursor: Cursor): number {
  const negative = cursor.at('-')
  if (negative || cursor.at('+')) cursor.take()
  if (!atNumber(cursor)) cursor.unexpected()
  const { value } = takeNumber(cursor)
  return negative ? -value : value
}
