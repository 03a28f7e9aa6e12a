import { Delivery } from '../delivery.ts'
import { openGrpcListener } from '../grpc/listener.ts'
import type { OpenReceiver, ReceiverContext } from '../receiver.ts'
import { openDatagramListener } from './datagram-listener.ts'
import type { ReceiverListener } from './listener.ts'
import type { ListenEnvironment, OpenListener } from './open-listener.ts'
import { type RunningPull, startPull } from './pull.ts'
import { openStreamListener } from './stream-listener.ts'

/** The ports and pulls of a receiver, open. */
export interface RunningReceiver {
  readonly listeners: readonly OpenListener[]
  readonly pulls: readonly RunningPull[]
  /** Ends pulls, closes ports, stores what is held; in this order. */
  readonly close: () => Promise<void>
}

/** Opens what a receiver has besides routes. Rejects, with everything closed again, when a port cannot be opened. */
export async function runReceiver(
  name: string,
  receiver: OpenReceiver,
  context: ReceiverContext,
  shutdownTimeoutMs: number,
): Promise<RunningReceiver> {
  const delivery = new Delivery(name, context)
  const env: ListenEnvironment = { receiver: name, context, delivery, shutdownTimeoutMs }
  const listeners: OpenListener[] = []
  const pulls: RunningPull[] = []
  const close = async () => {
    await Promise.all(pulls.map((pull) => pull.stop()))
    await Promise.all(listeners.map((listener) => listener.close()))
    await receiver.close?.()
  }
  try {
    for (const listener of receiver.listeners ?? []) {
      if (listener.options.port !== undefined) listeners.push(await openListener(listener, env))
    }
    for (const pull of receiver.pulls ?? []) pulls.push(startPull(pull, env))
  } catch (error) {
    await close()
    throw error
  }
  return { listeners, pulls, close }
}

function openListener(listener: ReceiverListener, env: ListenEnvironment): Promise<OpenListener> {
  if (listener.kind === 'stream') return openStreamListener(listener, env)
  return listener.kind === 'grpc' ? openGrpcListener(listener, env) : openDatagramListener(listener, env)
}
