import { snappyBound, snappyCompress } from '../encode/snappy.ts'
import type { Piece } from './destination.ts'

/** Larger buffers are not kept. */
const LARGEST_KEPT = 4 * 1024 * 1024

/** Makes bodies of pushes, one at a time: the memory of the last one is used again. */
export class SnappyBody {
  #buffer = Buffer.alloc(0)

  of({ payload }: Piece): Buffer {
    const bound = snappyBound(payload.length)
    if (bound > LARGEST_KEPT) return snappyCompress(payload)
    if (this.#buffer.length < bound) this.#buffer = Buffer.allocUnsafeSlow(bound)
    return snappyCompress(payload, this.#buffer)
  }
}

/** Headers of a push in protobuf and snappy, of Loki or of Prometheus' remote write 1.0. */
export function pushHeaders({ kind, key, tenant }: Piece, ownTenant: string | undefined): Record<string, string> {
  const organisation = tenant ?? ownTenant
  return {
    'content-type': 'application/x-protobuf',
    // Loki's push is snappy by its type; remote write says so.
    ...(kind === 'samples' && { 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' }),
    'idempotency-key': key,
    ...(organisation !== undefined && { 'x-scope-orgid': organisation }),
  }
}
