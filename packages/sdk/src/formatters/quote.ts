/** Characters that JSON must escape, and surrogates, which must be escaped when they stand alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const SPECIAL = /[\u0000-\u001f"\\\ud800-\udfff]/

const engine = (globalThis as { process?: { versions?: { v8?: string } } }).process?.versions?.v8

/**
 * Whether writing a string plainly, between quotes, beats JSON.stringify. On V8 11 (Node 20) a record of eight fields
 * takes 0.63 µs so and 0.81 µs by JSON.stringify; from V8 14 on JSON.stringify is the faster one.
 */
const byHand = Number.parseInt(engine ?? '0', 10) < 14

/** Whether the text may stand between quotes in JSON as it is, and should. */
export const isPlain: (text: string) => boolean = byHand ? (text) => !SPECIAL.test(text) : () => false

/** A string as JSON. */
export function quote(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(text)
}
