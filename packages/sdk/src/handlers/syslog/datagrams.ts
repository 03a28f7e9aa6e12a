import type { Socket } from 'node:dgram'
import { builtin } from '../remote/builtin.ts'
import type { Address, Link } from './link.ts'

/** A datagram for each message (RFC 5426). Whether any of them arrives is never known. */
export function datagramLink({ host, port }: Address): Link {
  let socket: Socket | undefined

  function opened(): Socket {
    if (socket === undefined) {
      const dgram = builtin('node:dgram')
      if (dgram === undefined) throw new Error('there are no UDP sockets here')
      const made = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4')
      made.on('error', () => {
        made.close()
        if (socket === made) socket = undefined
      })
      socket = made.unref()
    }
    return socket
  }

  return {
    async send(messages, signal) {
      for (const [count, message] of messages.entries()) {
        if (signal.aborted) return { count, failure: signal.reason as Error }
        const failure = await new Promise<Error | null>((done) => opened().send(message, port, host, done))
        if (failure) return { count, failure }
      }
      return { count: messages.length }
    },
    close() {
      socket?.close()
      socket = undefined
    },
  }
}
