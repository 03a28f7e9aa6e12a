/** What `girok-agent status` and `/metrics` say of one destination. Counts are since the start of the process. */
export interface DestinationStatus {
  readonly name: string
  readonly type: string
  /** Without credentials. */
  readonly url: string
  /** When something was taken last, milliseconds since the epoch. */
  readonly lastOkMs?: number
  /** Why the record at hand is not there yet; undefined while all is well. */
  readonly lastError?: string
  /** Why lines or samples were last refused for good. */
  readonly lastRejection?: string
  /** What was taken; bytes as they went over the network. */
  readonly sent: { readonly records: number; readonly lines: number; readonly samples: number; readonly bytes: number }
  /** Lines and samples that the destination will never take, and said so. */
  readonly rejected: number
  /** Lines or samples that this type of destination has no place for. */
  readonly skipped: number
  readonly retries: number
  readonly backlog: { readonly records: number; readonly bytes: number; readonly oldestMs: number | undefined }
}
