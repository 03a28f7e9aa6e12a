import type { Socket } from 'node:net'
import { GirokError } from '../../model/errors.ts'
import type { HeldBudget, Holder } from './held-budget.ts'
import type { Connection, ConnectionHandler, StreamListener } from './listener.ts'
import type { ListenEnvironment } from './open-listener.ts'

/**
 * A connection with its guards: nothing is read while the handler is busy, a connection on which nothing moves is closed
 * (soon in the middle of a message, late between messages), and a client that does not read is not written to for ever.
 */
export class GuardedConnection implements Holder {
  readonly #socket: Socket
  readonly #listener: StreamListener
  readonly #env: ListenEnvironment
  readonly #budget: HeldBudget
  readonly #tenant: string
  readonly #remoteAddress: string
  readonly #handler: ConnectionHandler
  #busy: Promise<void> | undefined
  #ended = false

  constructor(socket: Socket, listener: StreamListener, env: ListenEnvironment, budget: HeldBudget) {
    this.#socket = socket
    this.#listener = listener
    this.#env = env
    this.#budget = budget
    this.#tenant = listener.options.tenant ?? env.context.tenant
    this.#remoteAddress = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    this.#handler = listener.open(this.#face())
  }

  get heldBytes(): number {
    return this.#socket.destroyed ? 0 : this.#handler.heldBytes()
  }

  start(): void {
    const socket = this.#socket
    const { idleTimeout } = this.#listener.options
    // What ends a connection early (reset, timeout) shows in `close`, which always follows.
    socket.on('error', () => {})
    socket.on('close', () => this.#handler.closed?.())
    socket.on('timeout', () => {
      if (this.#busy === undefined) this.#timedOut()
    })
    socket.setTimeout(idleTimeout)
    socket.on('data', (chunk) => {
      if (!this.#ended) this.#run(() => this.#handler.data(chunk))
    })
    socket.on('end', () => this.#end())
  }

  /** Reads no more, lets the handler finish what it has, closes. */
  async finish(): Promise<void> {
    this.#socket.pause()
    await this.#busy
    this.#end()
    await this.#busy
  }

  /** The connections together hold too much, and this one most. */
  outOfMemory(): void {
    const { name, options } = this.#listener
    const where = `receivers.${this.#env.receiver}.${name}.maxHeldBytes`
    this.#fail(
      new GirokError(
        'overloaded',
        `unfinished messages of all connections hold more than ${where} (${options.maxHeldBytes} bytes)`,
      ),
    )
  }

  #run(step: () => Promise<void> | void): void {
    let pending: Promise<void> | void
    try {
      pending = step()
    } catch (error) {
      this.#fail(error)
      return
    }
    if (pending === undefined) {
      this.#settled()
      return
    }
    this.#socket.pause()
    this.#busy = pending.then(
      () => {
        this.#busy = undefined
        this.#settled()
        this.#socket.resume()
      },
      (error) => {
        this.#busy = undefined
        this.#fail(error)
      },
    )
  }

  #settled(): void {
    if (this.#socket.destroyed) return
    const { idleTimeout, stallTimeout } = this.#listener.options
    const timeout = this.#handler.heldBytes() > 0 ? stallTimeout : idleTimeout
    if (this.#socket.timeout !== timeout) this.#socket.setTimeout(timeout)
    this.#budget.changed(this)
  }

  #end(): void {
    if (this.#ended || this.#socket.destroyed) return
    // A paused socket tells its end all the same, and what is being stored is still to be acknowledged.
    if (this.#busy !== undefined) {
      void this.#busy.then(() => this.#end())
      return
    }
    this.#ended = true
    this.#run(() => {
      const last = this.#handler.end?.()
      if (last === undefined) this.#hangUp()
      else return last.then(() => this.#hangUp())
    })
  }

  /** Sends what is still to be sent, then is gone, whatever the client does. */
  #hangUp(): void {
    this.#socket.end(() => this.#socket.destroy())
    this.#socket.setTimeout(this.#listener.options.stallTimeout)
  }

  #timedOut(): void {
    if (this.#handler.heldBytes() > 0) {
      const seconds = this.#listener.options.stallTimeout / 1000
      this.#fail(new GirokError('bad_request', `a message was not finished: nothing came for ${seconds} s`))
    } else this.#socket.destroy()
  }

  #fail(error: unknown): void {
    if (this.#socket.destroyed) return
    if (error instanceof GirokError) {
      this.#env.delivery.undecodable(error)
      this.#env.delivery.remember(this.#tenant, error.status, `${this.#remoteAddress}: ${error.message}`)
    } else this.#env.delivery.failed(this.#tenant, error)
    this.#socket.destroy()
  }

  #face(): Connection {
    return {
      tenant: this.#tenant,
      remoteAddress: this.#remoteAddress,
      write: (bytes) => this.#write(bytes),
      close: () => this.#hangUp(),
    }
  }

  #write(bytes: Buffer | string): Promise<void> {
    const socket = this.#socket
    if (socket.destroyed || socket.write(bytes)) return Promise.resolve()
    return new Promise((done) => {
      const timer = setTimeout(() => socket.destroy(), this.#listener.options.stallTimeout)
      const finish = () => {
        clearTimeout(timer)
        socket.off('drain', finish)
        socket.off('close', finish)
        done()
      }
      socket.on('drain', finish)
      socket.on('close', finish)
    })
  }
}
