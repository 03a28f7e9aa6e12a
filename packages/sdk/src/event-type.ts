import type { Frame } from './frame.ts'

/** A declared kind of event, compiled once by defineEvent; formatters may write its fields without looking at them. */
export interface EventType {
  readonly name: string
  /** Names of the fields that are declared. */
  readonly names: readonly string[]
  /** Fields that all events of the type share: `event_name`, and `event_category` where there is one. Innermost but for those of the call. */
  readonly frame: Frame
  /** Bits of the names, and for whom: see Frame. */
  bits: number
  bitsBy: unknown
  /**
   * The fields of one event as JSON members, each with a comma before it: `,"order_id":1,"total":9.5`. The same text as
   * jsonFormatter's for the same fields. Undefined when one of them is not declared.
   */
  json(fields: Readonly<Record<string, unknown>>): string | undefined
}
