/** What completion, hover and the page of PromQL say of a word or operator. */
export interface PromDoc {
  readonly kind: 'function' | 'aggregation' | 'operator' | 'modifier'
  readonly signature: string
  /** One sentence. */
  readonly text: string
  /** A whole query that parses. */
  readonly example: string
  /** Whether Prometheus calls it experimental. */
  readonly experimental: boolean
}

export type PromDocEntry = readonly [string, PromDoc]
