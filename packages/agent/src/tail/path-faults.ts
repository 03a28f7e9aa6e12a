import type { InputContext } from '../model/input.ts'

const MAX_REMEMBERED = 1_000

/** What is wrong with paths: each fault is logged once, and can be asked for as long as it lasts. */
export class PathFaults {
  readonly #log: InputContext['log']
  readonly #said = new Set<string>()
  readonly #lasting = new Map<string, string>()

  constructor(log: InputContext['log']) {
    this.#log = log
  }

  /** Those since the last `clear`. */
  get lasting(): ReadonlyMap<string, string> {
    return this.#lasting
  }

  clear(): void {
    this.#lasting.clear()
  }

  add(path: string, message: string): void {
    this.#lasting.set(path, message)
    this.say(path, message)
  }

  /** Something worth to know that is no lasting fault. */
  say(path: string, message: string): void {
    const fault = `${path} ${message}`
    if (this.#said.has(fault)) return
    if (this.#said.size > MAX_REMEMBERED) this.#said.clear()
    this.#said.add(fault)
    this.#log('warning', message, path === '' ? undefined : { path })
  }
}
