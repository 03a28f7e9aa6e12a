import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { DatagramListener } from './listener.ts'
import { addressOf, type ListenEnvironment, listenError, type OpenListener } from './open-listener.ts'

/** Asked of the kernel, which may give less: what does not fit while the program is busy is lost without a trace. */
const RECEIVE_BUFFER_BYTES = 4 << 20

/** Opens a UDP port. The receiver's queue bounds what waits. */
export async function openDatagramListener(listener: DatagramListener, env: ListenEnvironment): Promise<OpenListener> {
  const { options, name } = listener
  const where = `receivers.${env.receiver}.${name}`
  const socket = createSocket({
    type: isIPv6(options.host) ? 'udp6' : 'udp4',
    recvBufferSize: RECEIVE_BUFFER_BYTES,
  })
  socket.on('message', (datagram, { address, port }) => {
    try {
      listener.receive(datagram, address, (answer) => socket.send(answer, port, address))
    } catch (error) {
      env.delivery.failed(options.tenant ?? env.context.tenant, error)
    }
  })
  await new Promise<void>((done, failed) => {
    socket.once('error', (error) => failed(listenError(error, where, options.host, options.port ?? 0)))
    socket.bind({ address: options.host, port: options.port ?? 0 }, () => done())
  })
  socket.removeAllListeners('error')
  socket.on('error', (error) => env.context.log('error', `${where} failed`, { error }))
  const { port } = socket.address()
  return {
    name,
    port,
    address: addressOf('udp', options.host, port),
    connections: () => undefined,
    close: () => new Promise((done) => socket.close(() => done())),
  }
}
