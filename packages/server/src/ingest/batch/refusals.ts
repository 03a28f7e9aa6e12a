/** Why records were refused: the `reason` label of the counter `rejected`. Names are Loki's where Loki has the reason. */
export type RefusalReason =
  | 'missing_labels'
  | 'invalid_labels'
  | 'max_label_names_per_series'
  | 'label_name_too_long'
  | 'label_value_too_long'
  | 'duplicate_label_names'
  | 'greater_than_max_sample_age'
  | 'too_far_in_future'
  | 'timestamp_out_of_range'
  | 'line_too_long'
  | 'structured_metadata_too_large'
  | 'structured_metadata_too_many'
  | 'malformed_record'
  | 'invalid_timestamp'
  | 'rate_limited'
  | 'stream_limit'
  | 'per_stream_rate_limit'
  | 'series_limit'
  | 'native_histogram'
  | 'delta_temporality'
  | 'malformed_metric'
  | 'incomplete_message'

/** A body with more bad records is something else altogether, and each costs the time of an exception. */
export const MAX_MALFORMED = 10_000

/** Records that a request loses while the rest of it is stored: counts and one example text for each reason. */
export class Refusals {
  readonly #groups = new Map<RefusalReason, { count: number; example: string }>()

  /** `example` is called only for the first refusal of a reason, so that a million bad records cost one text. */
  add(reason: RefusalReason, count: number, example: () => string): void {
    if (count === 0) return
    const group = this.#groups.get(reason)
    if (group) group.count += count
    else this.#groups.set(reason, { count, example: example() })
  }

  /** Forgets all. */
  clear(): void {
    this.#groups.clear()
  }

  get total(): number {
    let total = 0
    for (const group of this.#groups.values()) total += group.count
    return total
  }

  /** Reason, number of records, one example text; in order of first appearance. */
  *groups(): Iterable<{ reason: RefusalReason; count: number; example: string }> {
    for (const [reason, group] of this.#groups) yield { reason, ...group }
  }

  /** One line for each reason. */
  text(): string {
    const lines: string[] = []
    for (const { count, example } of this.#groups.values()) {
      lines.push(count === 1 ? example : `${count} errors like: ${example}`)
    }
    return lines.join('\n')
  }
}
