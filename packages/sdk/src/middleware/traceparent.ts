/** What a `traceparent` header says: W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** Of the caller; 16 hexadecimal digits. */
  readonly spanId: string
}

const HEADER = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-.*)?$/

/** Undefined for a header that the recommendation calls invalid: a wrong trace is worse than none. */
export function readTraceParent(header: string | undefined): TraceParent | undefined {
  const match = header === undefined ? null : HEADER.exec(header.trim())
  if (match === null) return undefined
  const [, version, traceId, spanId, more] = match as unknown as [string, string, string, string, string | undefined]
  // Version 00 ends after the flags; later ones may have more to say, and what we read stays where it is.
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId }
}

/** A random span id: 16 hexadecimal digits, not all zero. */
export function newSpanId(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(8))
  let id = ''
  for (const byte of bytes) id += byte.toString(16).padStart(2, '0')
  return /^0+$/.test(id) ? newSpanId() : id
}
