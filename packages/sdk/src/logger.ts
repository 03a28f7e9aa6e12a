import { type Bound, bind } from './bound.ts'
import type { Fields } from './fields.ts'
import type { Handler } from './handler.ts'
import { levelValue } from './level.ts'
import type { Node } from './node.ts'

/** What a call may carry: fields, or just an error, which becomes the field `error`. */
export type Extra = Fields | Error

/**
 * Logs under a dotted name. No method ever throws because of what is logged or of where it goes. Loggers are cheap, and
 * a disabled call costs one comparison.
 */
export class Logger {
  readonly #node: Node
  readonly #bound: Bound | undefined

  /** Use getLogger. */
  constructor(node: Node, bound?: Bound) {
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

  /** The logger's own handlers; those of its ancestors are given its records too, see setPropagate. */
  get handlers(): readonly Handler[] {
    return this.#node.handlers
  }

  /** Whether a call at this level would be logged. Guards arguments that are dear to compute. */
  isEnabledFor(level: number): boolean {
    return level >= this.#node.threshold
  }

  log(level: number, message: string, extra?: Extra): void {
    if (level >= this.#node.threshold) this.#node.emit(level, message, extra, this.#bound)
  }

  debug(message: string, extra?: Extra): void {
    if (this.#node.threshold <= 10) this.#node.emit(10, message, extra, this.#bound)
  }

  info(message: string, extra?: Extra): void {
    if (this.#node.threshold <= 20) this.#node.emit(20, message, extra, this.#bound)
  }

  warning(message: string, extra?: Extra): void {
    if (this.#node.threshold <= 30) this.#node.emit(30, message, extra, this.#bound)
  }

  error(message: string, extra?: Extra): void {
    if (this.#node.threshold <= 40) this.#node.emit(40, message, extra, this.#bound)
  }

  critical(message: string, extra?: Extra): void {
    if (this.#node.threshold <= 50) this.#node.emit(50, message, extra, this.#bound)
  }

  /** A logger of the same name whose records carry these fields too. Bound fields of the same name are replaced. */
  with(fields: Fields): Logger {
    return new Logger(this.#node, bind(this.#bound, fields))
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

  /** Adding a handler twice has no effect. */
  addHandler(handler: Handler): this {
    this.#node.addHandler(handler)
    return this
  }

  /** Does not close the handler. */
  removeHandler(handler: Handler): this {
    this.#node.removeHandler(handler)
    return this
  }
}
