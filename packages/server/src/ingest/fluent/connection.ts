import { GirokError } from '../../model/errors.ts'
import type { Delivery } from '../delivery.ts'
import type { Connection, ConnectionHandler } from '../listen/listener.ts'
import type { StreamOptions } from '../listen/options.ts'
import type { ForwardIntake, Outcome } from './forward-intake.ts'
import { Handshake, type Secrets } from './handshake.ts'
import { MessageFrames } from './message-frames.ts'

/** A PING has no more. */
const MAX_GREETING_BYTES = 8192

export interface ForwardConnectionOptions {
  readonly intake: ForwardIntake
  readonly delivery: Delivery
  readonly options: StreamOptions
  /** Undefined: there is no handshake. */
  readonly secrets: Secrets | undefined
}

interface Failure {
  readonly error: unknown
}

/** One sender: handshake where there are secrets, then messages, acknowledged in the order in which they came. */
export class ForwardConnection implements ConnectionHandler {
  readonly #connection: Connection
  readonly #intake: ForwardIntake
  readonly #delivery: Delivery
  readonly #frames: MessageFrames
  readonly #maxFrameBytes: number
  readonly #timer: NodeJS.Timeout | undefined
  #handshake: Handshake | undefined
  #tenant: string

  constructor(connection: Connection, { intake, delivery, options, secrets }: ForwardConnectionOptions) {
    this.#connection = connection
    this.#intake = intake
    this.#delivery = delivery
    this.#tenant = connection.tenant
    this.#maxFrameBytes = options.maxFrameBytes
    this.#frames = new MessageFrames(secrets === undefined ? options.maxFrameBytes : MAX_GREETING_BYTES)
    if (secrets === undefined) return
    this.#handshake = new Handshake(secrets)
    this.#timer = setTimeout(() => connection.close(), options.stallTimeout).unref()
    void connection.write(this.#handshake.helo)
  }

  heldBytes(): number {
    return this.#frames.heldBytes
  }

  data(chunk: Buffer): Promise<void> | undefined {
    this.#frames.append(chunk)
    const outcomes: Promise<Outcome | Failure>[] = []
    try {
      for (let frame = this.#frames.next(); frame !== undefined; frame = this.#frames.next()) {
        if (this.#handshake !== undefined) {
          const answered = this.#greet(this.#handshake, frame)
          if (this.#handshake !== undefined) return answered
          outcomes.push(answered.then(() => 'done' as const))
          continue
        }
        const outcome = this.#intake.take(frame, this.#tenant, this.#connection.remoteAddress)
        if (outcome !== undefined) outcomes.push(outcome.catch((error: unknown) => ({ error })))
      }
    } catch (error) {
      if (outcomes.length === 0) throw error
      outcomes.push(Promise.resolve({ error }))
    }
    return outcomes.length === 0 ? undefined : this.#answer(outcomes)
  }

  end(): void {
    const held = this.#frames.heldBytes
    if (held === 0 || this.#handshake !== undefined) return
    throw new GirokError('bad_request', `the connection ended within a message, after ${held} bytes of it`)
  }

  closed(): void {
    clearTimeout(this.#timer)
  }

  /** Acknowledges what is stored, in order; closes after a message that is not, so that the sender sends it again. */
  async #answer(outcomes: readonly Promise<Outcome | Failure>[]): Promise<void> {
    let failed: Failure | undefined
    let refused = false
    for (const waiting of outcomes) {
      const outcome = await waiting
      if (outcome === 'again') refused = true
      else if (Buffer.isBuffer(outcome)) await this.#connection.write(outcome)
      else if (outcome !== 'done') failed ??= outcome
    }
    if (failed !== undefined) throw failed.error
    if (refused) this.#connection.close()
  }

  /** Afterwards there is no handshake any more if the sender may go on. */
  #greet(handshake: Handshake, frame: Buffer): Promise<void> {
    const { pong, user, refusal } = handshake.check(frame)
    const { remoteAddress } = this.#connection
    if (refusal === undefined) {
      this.#handshake = undefined
      clearTimeout(this.#timer)
      this.#frames.maxBytes = this.#maxFrameBytes
      this.#tenant = user?.tenant ?? this.#tenant
      return this.#connection.write(pong)
    }
    this.#delivery.remember(this.#tenant, 401, `${remoteAddress}: ${refusal}`)
    return this.#connection.write(pong).then(() => this.#connection.close())
  }
}
