import type { DatagramOptions, StreamOptions } from './options.ts'

/** A port besides the server's own. Not opened while `options.port` is undefined. */
export type ReceiverListener = StreamListener | DatagramListener | GrpcListener

/** TCP, or TLS when the options name a certificate. */
export interface StreamListener {
  readonly kind: 'stream'
  /** Unique within the receiver: `tcp`, `tls`. */
  readonly name: string
  readonly options: StreamOptions
  readonly open: (connection: Connection) => ConnectionHandler
}

/** One end of a connection, as its handler sees it. */
export interface Connection {
  readonly tenant: string
  readonly remoteAddress: string
  /** Resolves when the bytes may be followed by more: await it, and a client that does not read is not written to. */
  readonly write: (bytes: Buffer | string) => Promise<void>
  /** Writes what was given to `write`, then closes. */
  readonly close: () => void
}

/**
 * What a receiver does with a connection. Nothing more is read while `data` is pending, so awaiting a submit pushes back on
 * the client. A GirokError closes the connection and is remembered with its reason; anything else is a fault of Girok.
 */
export interface ConnectionHandler {
  /** The next bytes; the handler owns them. */
  readonly data: (chunk: Buffer) => Promise<void> | void
  /** No more will come (also when the server stops): handle what is complete without its end. */
  readonly end?: () => Promise<void> | void
  /** Always called, last. */
  readonly closed?: () => void
  /** Bytes held of a frame that is not complete; their sum over all connections is bounded by `options.maxHeldBytes`. */
  readonly heldBytes: () => number
}

/** UDP. */
export interface DatagramListener {
  readonly kind: 'datagram'
  readonly name: string
  readonly options: DatagramOptions
  /**
   * Must return at once; the receiver owns the bytes. Give them to a {@link FrameQueue}, which counts what it cannot
   * take. `reply` sends a datagram back, which must not be larger: addresses of senders can be forged.
   */
  readonly receive: (datagram: Buffer, remoteAddress: string, reply: (datagram: Buffer) => void) => void
}

/** gRPC over HTTP/2, with TLS or without (h2c). Unary calls; messages come decompressed and bounded. */
export interface GrpcListener {
  readonly kind: 'grpc'
  readonly name: string
  readonly options: StreamOptions
  /** By full path: `/opentelemetry.proto.collector.logs.v1.LogsService/Export`. */
  readonly methods: Readonly<Record<string, GrpcMethod>>
}

/** Answers one call with the bytes of its response message; GirokErrors become the status of the call. */
export type GrpcMethod = (call: GrpcCall) => Promise<Buffer>

export interface GrpcCall {
  readonly tenant: string
  readonly message: Buffer
}
