import type { Complain } from './complaints.ts'
import { contextFrame } from './context.ts'
import type { EventType } from './event-type.ts'
import type { Fields, GivenFields } from './fields.ts'
import type { Filter } from './filter.ts'
import { Frame } from './frame.ts'
import type { Handler } from './handler.ts'
import type { Processor } from './processor.ts'
import type { LogRecord } from './record.ts'
import type { Source } from './source.ts'
import { traceFrame } from './trace.ts'

/** What the nodes of one hierarchy share. */
export interface Shared {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly complain: Complain
  /** Takes records that no handler was registered for. */
  readonly lastResort: Handler
  /** Records that filters and processors held back, by reason. */
  readonly dropped: Map<string, number>
}

/** What is in force at a node, collected from it and its ancestors. */
interface InForce {
  /** Of this node and of the ancestors that it propagates to. */
  readonly handlers: readonly Handler[]
  /** Outermost first. */
  readonly processors: readonly Processor[]
  readonly defaults: Frame | undefined
  /** Those of the handlers that need the source. */
  readonly sourceHandlers: readonly Handler[]
}

/** A name in the hierarchy: level, handlers, filters, processors. What is in force is kept ready for the hot path. */
export class Node {
  readonly name: string
  readonly children = new Map<string, Node>()
  /** The level in force. */
  threshold: number
  handlers: readonly Handler[] = []
  filters: readonly Filter[] = []
  processors: readonly Processor[] = []
  readonly #parent: Node | undefined
  readonly #shared: Shared
  #level: number | undefined
  #propagate = true
  #defaults: Frame | undefined
  /** Undefined after a change. */
  #inForce: InForce | undefined

  constructor(name: string, parent: Node | undefined, shared: Shared, level?: number) {
    this.name = name
    this.#parent = parent
    this.#shared = shared
    this.#level = level
    this.threshold = level ?? parent?.threshold ?? 0
  }

  emit(
    level: number,
    message: string,
    fields: Fields | undefined,
    bound: Frame | undefined,
    event: EventType | undefined,
  ): void {
    const inForce = this.#inForce ?? this.#collect()
    let frame = contextFrame()
    if (inForce.defaults !== undefined) frame = frame === undefined ? inForce.defaults : this.#underContext(frame)
    const trace = traceFrame()
    if (trace !== undefined) frame = frame === undefined ? trace : Frame.join(trace, frame)
    if (bound !== undefined) frame = frame === undefined ? bound : Frame.join(frame, bound)
    const record: LogRecord = {
      timeMs: this.#shared.now(),
      level,
      logger: this.name,
      message,
      fields,
      frame,
      source: inForce.sourceHandlers.length === 0 ? undefined : sourceFor(level, inForce.sourceHandlers),
      event,
      text: '',
      textBy: undefined,
    }
    if (this.filters.length > 0 && !this.#passes(this.filters, record)) return
    if (inForce.processors.length > 0) this.#process(record, inForce, 0)
    else this.#dispatch(record, inForce.handlers)
  }

  /** Defaults are outside of the context, which is a frame that other loggers have too: the pair is kept with it. */
  #underContext(context: Frame): Frame {
    return Frame.join(this.#inForce?.defaults, context)
  }

  #process(record: LogRecord, inForce: InForce, from: number): void {
    let current = record
    for (let index = from; index < inForce.processors.length; index++) {
      const processor = inForce.processors[index] as Processor
      let result: ReturnType<Processor>
      try {
        result = processor(current)
      } catch (error) {
        this.#complain(`processor ${nameOf(processor)}`, error)
        continue
      }
      this.#countLost(processor)
      if (result === undefined || result === null) {
        this.#drop(nameOf(processor))
        return
      }
      if (Array.isArray(result)) {
        for (const one of result as readonly LogRecord[]) this.#process(one, inForce, index + 1)
        return
      }
      current = result as LogRecord
    }
    this.#dispatch(current, inForce.handlers)
  }

  #dispatch(record: LogRecord, handlers: readonly Handler[]): void {
    for (let index = 0; index < handlers.length; index++) {
      const handler = handlers[index] as Handler
      try {
        // Inside, for a processor may have given anything for a record.
        if (record.level < handler.level) continue
        if (handler.filters !== undefined && !this.#passes(handler.filters, record)) continue
        handler.handle(record)
      } catch (error) {
        this.#complain(`handler ${handler?.name}`, error)
      }
    }
  }

  #passes(filters: readonly Filter[], record: LogRecord): boolean {
    for (const filter of filters) {
      try {
        if (filter(record)) continue
      } catch (error) {
        // What a broken filter thinks of a record is not known, and a record too many is better than one too few.
        this.#complain(`filter ${filter.name}`, error)
        continue
      }
      this.#drop('filtered')
      return false
    }
    return true
  }

  #drop(reason: string, count = 1): void {
    const { dropped } = this.#shared
    dropped.set(reason, (dropped.get(reason) ?? 0) + count)
  }

  #countLost(processor: Processor): void {
    const count = processor.lost?.()
    if (count) this.#drop(nameOf(processor), count)
  }

  #complain(who: string, error: unknown): void {
    this.#shared.complain(`${who} failed: ${error instanceof Error ? error.message : String(error)}`)
  }

  /** Lets the processors set at this node give out what they hold back; `closing`: for the last time. */
  flushProcessors(closing: boolean): void {
    const inForce = this.#inForce ?? this.#collect()
    for (const processor of this.processors) {
      const position = inForce.processors.indexOf(processor)
      try {
        for (const record of processor.flush?.(closing) ?? []) this.#process(record, inForce, position + 1)
        this.#countLost(processor)
      } catch (error) {
        this.#complain(`processor ${nameOf(processor)}`, error)
      }
    }
  }

  /** The node's own level. */
  get ownLevel(): number | undefined {
    return this.#level
  }

  get propagate(): boolean {
    return this.#propagate
  }

  setLevel(level: number | undefined): void {
    this.#level = level
    this.#inherit()
  }

  setPropagate(propagate: boolean): void {
    this.#propagate = propagate
    this.#forget()
  }

  setHandlers(handlers: readonly Handler[]): void {
    this.handlers = handlers
    this.#forget()
  }

  setProcessors(processors: readonly Processor[]): void {
    this.processors = processors
    this.#forget()
  }

  setDefaults(fields: GivenFields | undefined): void {
    this.#defaults = fields === undefined ? undefined : Frame.of(fields)
    this.#forget()
  }

  #inherit(): void {
    this.threshold = this.#level ?? this.#parent?.threshold ?? 0
    for (const child of this.children.values()) child.#inherit()
  }

  #forget(): void {
    this.#inForce = undefined
    for (const child of this.children.values()) child.#forget()
  }

  #collect(): InForce {
    // A handler on a logger and on its ancestor is one place: the record goes there once.
    const found = new Set<Handler>()
    for (let node: Node | undefined = this; node !== undefined; node = node.#propagate ? node.#parent : undefined) {
      for (const handler of node.handlers) found.add(handler)
    }
    const handlers = found.size === 0 ? [this.#shared.lastResort] : [...found]
    const above = this.#parent
    const parent = above === undefined ? undefined : (above.#inForce ?? above.#collect())
    this.#inForce = {
      handlers,
      processors: [...(parent?.processors ?? []), ...this.processors],
      defaults: this.#defaults === undefined ? parent?.defaults : Frame.join(parent?.defaults, this.#defaults),
      sourceHandlers: handlers.filter((handler) => handler?.needsSource),
    }
    return this.#inForce
  }
}

function sourceFor(level: number, handlers: readonly Handler[]): Source | undefined {
  return handlers.find((handler) => level >= handler.level)?.needsSource?.()
}

function nameOf(processor: Processor): string {
  return processor.reason ?? (processor.name || 'processor')
}
