import type { Delivery } from '../delivery.ts'
import type { Connection, ConnectionHandler } from './listener.ts'

/** What cuts the bytes of a connection into messages. */
export interface Frames {
  /** Bytes of the message that is not complete yet. */
  readonly heldBytes: number
  push(chunk: Buffer, take: (frame: Buffer) => void): void
  end(take: (frame: Buffer) => void): void
}

/** A handler that gives each message to `take`; what that returns is waited for, the last of a chunk. */
export function framedConnection(
  frames: Frames,
  take: (frame: Buffer) => Promise<void> | undefined,
): ConnectionHandler {
  let room: Promise<void> | undefined
  const taking = (frame: Buffer) => {
    room = take(frame) ?? room
  }
  return {
    data: (chunk) => {
      room = undefined
      frames.push(chunk, taking)
      return room
    },
    // The last message need not be ended.
    end: () => frames.end(taking),
    heldBytes: () => frames.heldBytes,
  }
}

/** Counts a message as refused that is longer than `where`.maxFrameBytes allows, and says so. */
export function frameTooLong(
  delivery: Delivery,
  { tenant, remoteAddress }: Pick<Connection, 'tenant' | 'remoteAddress'>,
  where: string,
  maxFrameBytes: number,
): (bytes: number) => void {
  return (bytes) => {
    delivery.reject(tenant, 'line_too_long', 1)
    delivery.remember(
      tenant,
      413,
      `${remoteAddress}: a message of ${bytes} bytes or more exceeds ${where}.maxFrameBytes (${maxFrameBytes} bytes)`,
    )
  }
}
