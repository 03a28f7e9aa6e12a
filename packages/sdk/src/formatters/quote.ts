/** Characters that JSON must escape, and surrogates, which must be escaped when they stand alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const SPECIAL = /[\u0000-\u001f"\\\ud800-\udfff]/

const engine = (globalThis as { process?: { versions?: { v8?: string } } }).process?.versions?.v8
const v8Major = Number.parseInt(engine ?? '0', 10)

/**
 * A string as JSON. On V8 11 (Node 20) a record of eight fields takes 0.63 µs by a regular expression test and two
 * concatenations, and 0.81 µs by JSON.stringify; from V8 14 on JSON.stringify is the faster one.
 */
export const quote: (text: string) => string =
  v8Major >= 14 ? JSON.stringify : (text) => (SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`)
