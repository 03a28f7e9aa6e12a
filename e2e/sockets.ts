import type { Socket } from 'node:net'

/** Two connections of which each ends with the other: what stands between a client and its server. */
export function endTogether(near: Socket, far: Socket): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on('error', () => {})
    one.on('close', () => other.destroy())
  }
}
