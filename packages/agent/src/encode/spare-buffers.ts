/** Sizes are rounded up to this, so that buffers of records that differ a little fit one another. */
const STEP = 64 * 1024
/** Larger buffers are not kept: they come of records that are out of the usual. */
const LARGEST_KEPT = 4 * 1024 * 1024
const MOST_KEPT = 4

/**
 * Buffers that were done with. Memory of a buffer counts as used until the collector has looked at the whole heap, which it
 * does rarely in a program whose heap hardly grows: a new buffer for each record would be 20 MB of them at any time.
 */
const spare: Buffer[] = []

/** A buffer of at least so many bytes, with anything in them. */
export function takeBuffer(bytes: number): Buffer {
  const at = spare.findIndex(({ length }) => length >= bytes)
  const [found] = at < 0 ? [] : spare.splice(at, 1)
  return found ?? Buffer.allocUnsafeSlow(Math.ceil(Math.max(bytes, 1) / STEP) * STEP)
}

/** The buffer, which `takeBuffer` gave (or a view of one), is needed no more. Nobody may look at it afterwards. */
export function giveBuffer(view: Uint8Array): void {
  const { buffer } = view
  if (buffer.byteLength < STEP || buffer.byteLength > LARGEST_KEPT || spare.length >= MOST_KEPT) return
  spare.push(Buffer.from(buffer))
}
