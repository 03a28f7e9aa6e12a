import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { builtin } from '../remote/builtin.ts'
import { untilAborted } from '../until-aborted.ts'
import type { Address, Link } from './link.ts'

/** How messages are kept apart on a connection (RFC 6587, 3.4). */
export type Framing = 'octet-counting' | 'lf'

/** What Node's tls.connect takes besides host and port: ca, cert, key, servername, rejectUnauthorized … */
export type TlsOptions = Omit<ConnectionOptions, 'host' | 'port' | 'path' | 'socket'>

export type StreamTarget =
  | ({ readonly protocol: 'tcp' } & Address)
  | ({ readonly protocol: 'tls'; readonly tls: TlsOptions } & Address)
  | { readonly protocol: 'unix'; readonly path: string }

/** A connection that stays open between batches, and is made again when it is needed and lost. */
export function streamLink(target: StreamTarget, framing: Framing): Link {
  let socket: Socket | undefined

  async function connected(signal: AbortSignal): Promise<Socket> {
    if (socket !== undefined) return socket
    const made = dial(target)
    const lost = () => {
      made.destroy()
      if (socket === made) socket = undefined
    }
    // Collectors send nothing; one that ends its side is going away.
    made.on('close', lost).on('end', lost)
    made.resume()
    try {
      await untilAborted(
        signal,
        new Promise<void>((resolve, reject) => {
          made.once(target.protocol === 'tls' ? 'secureConnect' : 'connect', resolve)
          made.on('error', (error) => {
            lost()
            reject(error)
          })
        }),
      )
    } catch (error) {
      lost()
      throw error
    }
    socket = made
    return made
  }

  return {
    async send(messages, signal) {
      const current = await connected(signal)
      current.ref()
      try {
        await untilAborted(signal, write(current, messages.map((message) => framed(message, framing)).join('')))
      } catch (error) {
        // How much of it has arrived is not known: on this connection nothing more may follow.
        current.destroy()
        throw error
      } finally {
        current.unref()
      }
      return { count: messages.length }
    },
    close() {
      socket?.end()
      socket = undefined
    },
  }
}

function dial(target: StreamTarget): Socket {
  const net = builtin('node:net')
  if (net === undefined) throw new Error('there are no sockets here')
  if (target.protocol === 'unix') return net.connect(target.path)
  const { host, port } = target
  if (target.protocol === 'tcp') return net.connect({ host, port })
  const tls = builtin('node:tls')
  if (tls === undefined) throw new Error('there is no TLS here')
  const name = net.isIP(host) === 0 ? { servername: host } : {}
  return tls.connect({ ...name, ...target.tls, host, port })
}

/** Resolves when the system has all of it. */
function write(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error('the connection was closed'))
    socket.once('close', closed)
    socket.write(text, (error) => {
      socket.off('close', closed)
      if (error) reject(error)
      else resolve()
    })
  })
}

const encoder = new TextEncoder()

function framed(message: string, framing: Framing): string {
  return framing === 'lf' ? `${message}\n` : `${encoder.encode(message).length} ${message}`
}
