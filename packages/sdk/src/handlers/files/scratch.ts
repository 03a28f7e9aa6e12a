/** A UTF-16 unit takes at most three bytes. */
export const BYTES_PER_UNIT = 3

/** Where text becomes bytes, for all files: nothing is kept in it beyond a call. Made when it is needed. */
export let scratch: Buffer = Buffer.alloc(0)

/** Bytes for the usual buffer; what was more is let go of with the next text. */
const SCRATCH_MIN = 65_536 * BYTES_PER_UNIT
const SCRATCH_MAX = 2 ** 20 * BYTES_PER_UNIT

/** Puts the text into `scratch` and gives its length in bytes. Letting writeSync encode it costs a pass for its length. */
export function encode(text: string): number {
  const most = Math.max(text.length * BYTES_PER_UNIT, SCRATCH_MIN)
  if (scratch.length < most || scratch.length > SCRATCH_MAX) scratch = Buffer.allocUnsafeSlow(most)
  return scratch.write(text)
}
