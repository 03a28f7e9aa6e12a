/** What completion and hover show of a word or operator of LogQL. */
export interface LogQLDoc {
  readonly kind: 'function' | 'stage' | 'operator' | 'keyword'
  readonly signature: string
  /** One line. */
  readonly text: string
  /** A whole query that parses. */
  readonly example: string
}
