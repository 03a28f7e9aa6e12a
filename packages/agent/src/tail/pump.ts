import { setImmediate as turn } from 'node:timers/promises'

export interface PumpOptions<Item> {
  /** As `LineSink.room`. */
  readonly room: (urgent: boolean) => Promise<void> | undefined
  /** What may be gone soon is read also when others wait. */
  readonly urgent: (item: Item) => boolean
  /** Reads one piece; whether there is more. Never throws. */
  readonly read: (item: Item) => boolean | Promise<boolean>
}

/** Pieces of one item before it is another's turn. */
const PIECES_PER_TURN = 8

/** Reads from those that have something, in turn, as long as there is room for it. */
export class Pump<Item> {
  readonly #options: PumpOptions<Item>
  #queue = new Set<Item>()
  #running: Promise<void> | undefined
  #current: Item | undefined
  #stopped = false
  #waiting = false
  readonly #stop: Promise<void>
  #tellStop = () => {}

  constructor(options: PumpOptions<Item>) {
    this.#options = options
    this.#stop = new Promise((resolve) => {
      this.#tellStop = resolve
    })
  }

  /** Whether it waits for its turn, or has it. */
  has(item: Item): boolean {
    return this.#queue.has(item) || this.#current === item
  }

  add(item: Item): void {
    this.#queue.add(item)
    this.#wake()
  }

  remove(item: Item): void {
    this.#queue.delete(item)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#tellStop()
    await this.#running
  }

  #wake(): void {
    if (this.#stopped || this.#running !== undefined) return
    if (this.#next() === undefined) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      this.#wake()
    })
  }

  /** The first that may be read now. */
  #next(): Item | undefined {
    for (const item of this.#queue) if (!this.#waiting || this.#options.urgent(item)) return item
    return undefined
  }

  async #run(): Promise<void> {
    await turn()
    for (let item = this.#next(); item !== undefined && !this.#stopped; item = this.#next()) {
      this.#queue.delete(item)
      this.#current = item
      const more = await this.#turn(item)
      this.#current = undefined
      if (more) this.#queue.add(item)
      await turn()
    }
  }

  async #turn(item: Item): Promise<boolean> {
    for (let piece = 0; piece < PIECES_PER_TURN; piece++) {
      if (this.#stopped) return true
      const urgent = this.#options.urgent(item)
      const room = this.#options.room(urgent)
      if (room !== undefined) {
        if (urgent) await Promise.race([room, this.#stop])
        else this.#wait(room)
        return true
      }
      if (!(await this.#options.read(item))) return false
    }
    return true
  }

  #wait(room: Promise<void>): void {
    this.#waiting = true
    void room.then(() => {
      this.#waiting = false
      this.#wake()
    })
  }
}
