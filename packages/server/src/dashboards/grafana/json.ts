/** Readers for JSON of which nothing is certain: what is not of the form asked for counts as absent. */
export type Json = Readonly<Record<string, unknown>>

export function isJson(given: unknown): given is Json {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}

/** The object, or one without members. */
export function jsonOf(given: unknown): Json {
  return isJson(given) ? given : {}
}

/** The objects of a list. */
export function itemsOf(given: unknown): readonly Json[] {
  return Array.isArray(given) ? given.filter(isJson) : []
}

/** A text that is not empty. */
export function textOf(given: unknown): string | undefined {
  return typeof given === 'string' && given !== '' ? given : undefined
}

/** A finite number, also one written as text. */
export function numberOf(given: unknown): number | undefined {
  const number = typeof given === 'string' && /^-?\d+(\.\d+)?$/.test(given.trim()) ? Number(given) : given
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** Names whose value is true, or an object. */
export function namesOf(given: unknown): readonly string[] {
  return Object.entries(jsonOf(given))
    .filter(([, is]) => is === true || isJson(is))
    .map(([name]) => name)
}

export function wholeWithin(given: unknown, least: number, most: number, otherwise: number): number {
  const number = numberOf(given)
  return number === undefined ? otherwise : Math.min(most, Math.max(least, Math.round(number)))
}
