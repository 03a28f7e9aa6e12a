import { Frame } from './frame.ts'

/** W3C ids of a span: 32 and 16 hexadecimal digits. */
interface SpanContext {
  readonly traceId: string
  readonly spanId: string
}

interface OpenTelemetryApi {
  readonly context?: { active(): { getValue(key: symbol): unknown } }
}

// @opentelemetry/api keeps its state under this global symbol, in all of its 1.x versions and copies, and the active span
// under this key of the active context. Reading them there needs no import, hence no dependency and no asynchronous load.
const API = Symbol.for('opentelemetry.js.api.1')
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN')
const NO_TRACE = '00000000000000000000000000000000'

const frames = new WeakMap<SpanContext, Frame>()

/** `trace_id` and `span_id` of OpenTelemetry's active span; undefined without one. */
export function traceFrame(): Frame | undefined {
  const api = (globalThis as { [API]?: OpenTelemetryApi })[API]
  if (api === undefined) return undefined
  try {
    const span = api.context?.active().getValue(SPAN) as { spanContext(): SpanContext } | undefined
    const ids = span?.spanContext()
    if (ids === undefined || ids.traceId === NO_TRACE) return undefined
    let frame = frames.get(ids)
    if (frame === undefined) {
      frame = Frame.of({ trace_id: ids.traceId, span_id: ids.spanId })
      frames.set(ids, frame)
    }
    return frame
  } catch {
    // Somebody else's tracing must not cost us a record.
    return undefined
  }
}
