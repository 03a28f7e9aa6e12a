import type { z } from 'zod'
import type { RecordBatch, WriteBatch } from '../model/batch.ts'
import type { Counters } from '../model/counters.ts'

/** Something that records arrive by. Its name, options and example stand beside its code; config and docs follow. */
export interface Receiver<Options = unknown> {
  readonly name: string
  /** One line, for the catalogue. */
  readonly summary: string
  readonly options: z.ZodType<Options>
  /** A runnable example: a shell command with $URL for the server's base URL. Tests run it. */
  readonly example: string
  /** HTTP routes of this receiver. The server authenticates (scope ingest), resolves the tenant, caps the body. */
  readonly routes: (options: Options, context: ReceiverContext) => readonly ReceiverRoute[]
}

export interface ReceiverRoute {
  readonly method: 'POST'
  readonly path: string
  readonly handle: (request: ReceiverRequest) => Promise<ReceiverResponse>
}

export interface ReceiverRequest {
  readonly tenant: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly query: URLSearchParams
  /** As it came over the wire, still compressed; at most limits.maxBodyBytes. The receiver owns it and may overwrite it. */
  readonly body: Buffer
}

export interface ReceiverResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** What a receiver is given. `submit` runs the processors, then stores; it resolves when the rows are in the engine. */
export interface ReceiverContext {
  readonly limits: IngestLimits
  readonly submit: (batch: RecordBatch, options?: Parameters<WriteBatch>[1]) => Promise<{ stored: boolean }>
  readonly counters: Counters
  /** Remembers a rejected request for the set-up page: what came, why it was refused. */
  readonly rejected: (entry: { receiver: string; tenant: string; status: number; reason: string }) => void
  /** Milliseconds since the epoch; replaced in tests. */
  readonly now: () => number
}

/** Zero means "no limit" for every number here. Names and defaults are Loki's where Loki has the limit. */
export interface IngestLimits {
  /** Compressed body, bytes. */
  readonly maxBodyBytes: number
  /** Body after decompression, bytes: the guard against compression bombs. */
  readonly maxDecompressedBytes: number
  readonly maxLineSize: number
  readonly maxLabelNamesPerSeries: number
  readonly maxLabelNameLength: number
  readonly maxLabelValueLength: number
  readonly maxStructuredMetadataSize: number
  readonly maxStructuredMetadataEntriesCount: number
  readonly maxStreamsPerTenant: number
  /** Bytes per second and burst bytes, per tenant. */
  readonly ingestionRateBytes: number
  readonly ingestionBurstBytes: number
  readonly perStreamRateBytes: number
  readonly perStreamBurstBytes: number
  readonly rejectOldSamplesMaxAgeMs: number
  readonly creationGracePeriodMs: number
}

/** Declares a receiver; only there to infer the option type. */
export function defineReceiver<Options>(receiver: Receiver<Options>): Receiver<Options> {
  return receiver
}
