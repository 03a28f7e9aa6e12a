import type { Frame } from './frame.ts'

/** A declared kind of event, compiled once by defineEvent; formatters may write its fields without looking at them. */
export interface EventType {
  readonly name: string
  /** Names that the fields of an event may have. */
  readonly names: readonly string[]
  /** Fields that all events of the type share: `event_name`. Innermost but for those of the call. */
  readonly frame: Frame
  /**
   * The fields of one event, which has no others than those of `names`, as JSON members, each with a comma before it:
   * `,"order_id":1,"total":9.5`. The same text as jsonFormatter's for the same fields.
   */
  json(fields: Readonly<Record<string, unknown>>): string
}
