import { type LogArguments, readArguments } from './arguments.ts'
import type { EventType } from './event-type.ts'
import type { Fields, GivenFields } from './fields.ts'
import type { Filter } from './filter.ts'
import { Frame } from './frame.ts'
import type { Handler } from './handler.ts'
import { levelValue } from './level.ts'
import type { Node } from './node.ts'
import type { Processor } from './processor.ts'

/**
 * Logs under a dotted name. No method ever throws because of what is logged or of where it goes. Loggers are cheap, and
 * a disabled call costs one comparison.
 */
export class Logger {
  readonly #node: Node
  readonly #bound: Frame | undefined

  /** Use getLogger. */
  constructor(node: Node, bound?: Frame) {
    this.#node = node
    this.#bound = bound
  }

  /** `root` for the root. */
  get name(): string {
    return this.#node.name
  }

  /** The level in force: the logger's own, or that of the nearest ancestor that has one. */
  get level(): number {
    return this.#node.threshold
  }

  /** The logger's own level; undefined when it inherits. */
  get ownLevel(): number | undefined {
    return this.#node.ownLevel
  }

  /** See setPropagate. */
  get propagate(): boolean {
    return this.#node.propagate
  }

  /** The logger's own handlers; those of its ancestors are given its records too, see setPropagate. */
  get handlers(): readonly Handler[] {
    return this.#node.handlers
  }

  get filters(): readonly Filter[] {
    return this.#node.filters
  }

  /** The logger's own processors; its records pass those of its ancestors before. */
  get processors(): readonly Processor[] {
    return this.#node.processors
  }

  /** Whether a call at this level would be logged. Guards arguments that are dear to compute. */
  isEnabledFor(level: number | string): boolean {
    return (typeof level === 'number' ? level : levelValue(level)) >= this.#node.threshold
  }

  /** At any level, by number or by name. See {@link LogArguments} for what may follow. */
  log<E>(level: number | string, ...args: LogArguments<E>): void {
    if (this.isEnabledFor(level)) this.#emit(levelValue(level), args)
  }

  debug<E>(...args: LogArguments<E>): void {
    if (this.#node.threshold <= 10) this.#emit(10, args)
  }

  info<E>(...args: LogArguments<E>): void {
    if (this.#node.threshold <= 20) this.#emit(20, args)
  }

  warning<E>(...args: LogArguments<E>): void {
    if (this.#node.threshold <= 30) this.#emit(30, args)
  }

  error<E>(...args: LogArguments<E>): void {
    if (this.#node.threshold <= 40) this.#emit(40, args)
  }

  critical<E>(...args: LogArguments<E>): void {
    if (this.#node.threshold <= 50) this.#emit(50, args)
  }

  /** Logs an event of a declared type; called by what defineEvent gives. */
  event(level: number, type: EventType, message: string, fields: Fields): void {
    if (level >= this.#node.threshold)
      this.#node.emit(level, message, fields, Frame.join(this.#bound, type.frame), type)
  }

  #emit(level: number, args: readonly unknown[]): void {
    const message = args[0]
    const extra = args[1]
    if (typeof message === 'string' && args.length < 3 && isFields(extra)) {
      this.#node.emit(level, message, extra, this.#bound, undefined)
    } else {
      const read = readArguments(args)
      this.#node.emit(level, read.message, read.fields, this.#bound, undefined)
    }
  }

  /** A logger of the same name whose records carry these fields too. Bound fields of the same name are replaced. */
  with(fields: GivenFields): Logger {
    return new Logger(this.#node, Frame.join(this.#bound, Frame.of(fields)))
  }

  /** Sets the level of this logger, and of those below that have none of their own; undefined inherits again. */
  setLevel(level: number | string | undefined): this {
    this.#node.setLevel(level === undefined ? undefined : levelValue(level))
    return this
  }

  /** With false, records of this logger and of those below stay with the handlers up to this logger. Default true. */
  setPropagate(propagate: boolean): this {
    this.#node.setPropagate(propagate)
    return this
  }

  /** Fields for all records of this logger and of those below. Context, bound fields and the call win over them. */
  setDefaults(fields: GivenFields | undefined): this {
    this.#node.setDefaults(fields)
    return this
  }

  /** Adding a handler twice has no effect. */
  addHandler(handler: Handler): this {
    if (!this.#node.handlers.includes(handler)) this.#node.setHandlers([...this.#node.handlers, handler])
    return this
  }

  /** Does not close the handler. */
  removeHandler(handler: Handler): this {
    this.#node.setHandlers(this.#node.handlers.filter((other) => other !== handler))
    return this
  }

  /** Adding a filter twice has no effect. */
  addFilter(filter: Filter): this {
    if (!this.#node.filters.includes(filter)) this.#node.filters = [...this.#node.filters, filter]
    return this
  }

  removeFilter(filter: Filter): this {
    this.#node.filters = this.#node.filters.filter((other) => other !== filter)
    return this
  }

  /** Replaces the processors of this logger; they see its records and those of loggers below. */
  setProcessors(processors: readonly Processor[]): this {
    this.#node.setProcessors([...processors])
    return this
  }
}

/** What needs no look: the usual case of the hot path. */
function isFields(extra: unknown): extra is Fields | undefined {
  if (extra === undefined) return true
  if (typeof extra !== 'object' || extra === null) return false
  try {
    return !(extra instanceof Error || Array.isArray(extra))
  } catch {
    // A proxy.
    return false
  }
}
