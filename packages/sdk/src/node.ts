import type { Bound } from './bound.ts'
import type { Complain } from './complaints.ts'
import type { Fields } from './fields.ts'
import type { Handler } from './handler.ts'
import type { LogRecord } from './record.ts'

/** What the nodes of one hierarchy share. */
export interface Shared {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly complain: Complain
  /** Takes records that no handler was registered for. */
  readonly lastResort: Handler
}

const NO_HANDLERS: readonly Handler[] = []

/** A name in the hierarchy: level, handlers, propagation. Level and handlers in force are kept ready for the hot path. */
export class Node {
  readonly name: string
  readonly children = new Map<string, Node>()
  /** The level in force. */
  threshold: number
  handlers: readonly Handler[] = NO_HANDLERS
  readonly #parent: Node | undefined
  readonly #shared: Shared
  #level: number | undefined
  #propagate = true
  /** Handlers of this node and of the ancestors that it propagates to; undefined after a change. */
  #destinations: readonly Handler[] | undefined

  constructor(name: string, parent: Node | undefined, shared: Shared, level?: number) {
    this.name = name
    this.#parent = parent
    this.#shared = shared
    this.#level = level
    this.threshold = level ?? parent?.threshold ?? 0
  }

  emit(level: number, message: string, extra: Fields | Error | undefined, bound: Bound | undefined): void {
    const record: LogRecord = {
      timeMs: this.#shared.now(),
      level,
      logger: this.name,
      message: typeof message === 'string' ? message : String(message),
      fields: extra instanceof Error ? { error: extra } : extra,
      bound,
      text: '',
      textBy: undefined,
    }
    const destinations = this.#destinations ?? this.#collect()
    for (let index = 0; index < destinations.length; index++) {
      const handler = destinations[index] as Handler
      if (level < handler.level) continue
      try {
        handler.handle(record)
      } catch (error) {
        this.#shared.complain(
          `handler ${handler.name} failed: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    }
  }

  setLevel(level: number | undefined): void {
    this.#level = level
    this.#inherit()
  }

  setPropagate(propagate: boolean): void {
    this.#propagate = propagate
    this.#forget()
  }

  addHandler(handler: Handler): void {
    if (this.handlers.includes(handler)) return
    this.handlers = [...this.handlers, handler]
    this.#forget()
  }

  removeHandler(handler: Handler): void {
    this.handlers = this.handlers.filter((other) => other !== handler)
    this.#forget()
  }

  #inherit(): void {
    this.threshold = this.#level ?? this.#parent?.threshold ?? 0
    for (const child of this.children.values()) child.#inherit()
  }

  #forget(): void {
    this.#destinations = undefined
    for (const child of this.children.values()) child.#forget()
  }

  #collect(): readonly Handler[] {
    // A handler on a logger and on its ancestor is one place: the record goes there once.
    const found = new Set<Handler>()
    for (let node: Node | undefined = this; node !== undefined; node = node.#propagate ? node.#parent : undefined) {
      for (const handler of node.handlers) found.add(handler)
    }
    this.#destinations = found.size === 0 ? [this.#shared.lastResort] : [...found]
    return this.#destinations
  }
}
