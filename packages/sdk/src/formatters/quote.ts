/** Characters that JSON must escape, and surrogates, which must be escaped when they stand alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const SPECIAL = /[\u0000-\u001f"\\\ud800-\udfff]/

const engine = (globalThis as { process?: { versions?: { v8?: string } } }).process?.versions?.v8
const v8Major = Number.parseInt(engine ?? '0', 10)

/**
 * A string as JSON. Up to V8 13 a regular expression test and two concatenations beat JSON.stringify by 15 % on whole
 * records; from V8 14 on JSON.stringify is the faster one.
 */
export const quote: (text: string) => string =
  v8Major >= 14 ? JSON.stringify : (text) => (SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`)
