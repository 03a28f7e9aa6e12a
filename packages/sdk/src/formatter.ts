import type { LogRecord } from './record.ts'
import type { SourceFinder } from './source.ts'

/** Makes text of records. One call at a time; must not throw whatever the fields hold. */
export interface Formatter {
  /** One record, without a line end. */
  format(record: LogRecord): string
  /** `callSite` when it writes parts of `record.source`. Handlers pass this on as theirs. */
  readonly needsSource?: SourceFinder | undefined
}

/** The text of a record; handlers that share a formatter share the work. */
export function formatted(record: LogRecord, formatter: Formatter): string {
  if (record.textBy !== formatter) {
    record.text = formatter.format(record)
    record.textBy = formatter
  }
  return record.text
}
