import { randomBytes } from 'node:crypto'
import type { Driver } from './driver.ts'

interface Waiting {
  readonly rows: Buffer
  resolve(): void
  reject(error: unknown): void
}

/** A group is not made larger than this. */
const GROUP_BYTES = 4 * 2 ** 20

/**
 * Inserts rows of one table, those that come together in one statement: an insert costs ten to twenty milliseconds of CPU
 * whatever its size. One insert at a time, in the order of the calls.
 */
export class RowGroups {
  readonly #driver: Driver
  readonly #table: string
  readonly #columns: readonly string[]
  /** How long the first row of a group waits for others; 0: only while an insert runs. */
  readonly #waitMs: number
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  #endWait: (() => void) | undefined

  constructor(driver: Driver, table: string, columns: readonly string[], waitMs: number) {
    this.#driver = driver
    this.#table = table
    this.#columns = columns
    this.#waitMs = waitMs
  }

  /** @param rows as TabSeparated, each with its newline. Resolves when they are on the disk; rejects as the engine does. */
  add(rows: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Writes what waits; resolves when nothing does any more. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) {
      this.#endWait?.()
      await this.#running
    }
  }

  async #run(): Promise<void> {
    if (this.#waitMs > 0) await this.#wait()
    while (this.#waiting.length > 0) {
      const group = this.#take()
      try {
        const rows = Buffer.concat(group.map((one) => one.rows))
        await this.#driver.insert(this.#table, this.#columns, rows, { token: randomBytes(16).toString('hex') })
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#running = undefined
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#waitMs)
      this.#endWait = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #take(): Waiting[] {
    let bytes = 0
    const cut = this.#waiting.findIndex(({ rows }, place) => {
      bytes += rows.length
      return place > 0 && bytes > GROUP_BYTES
    })
    return this.#waiting.splice(0, cut < 0 ? this.#waiting.length : cut)
  }
}
