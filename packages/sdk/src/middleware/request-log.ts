import { createComplaints } from '../complaints.ts'
import { contextFrame, inFrame } from '../context.ts'
import type { Fields } from '../fields.ts'
import { Frame } from '../frame.ts'
import { messageOf } from '../handlers/error-text.ts'
import { getLogger } from '../hierarchy.ts'
import { LEVELS, levelValue } from '../level.ts'
import { traceFrame } from '../trace.ts'
import { clientAddress } from './client-address.ts'
import { FORMS, type RequestFacts } from './form.ts'
import { checkOptions, type RequestLogOptions } from './options.ts'
import { newSpanId, readTraceParent } from './traceparent.ts'

/** What every framework can say of a request at its start. */
export interface Arrival<Request> {
  readonly request: Request
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** Address of whoever opened the connection. */
  readonly remoteAddress: string | undefined
  header(name: string): string | undefined
}

/** What it can say at the end. */
export interface Departure {
  readonly route?: string | undefined
  readonly statusCode: number
  /** The client went away before it had all. */
  readonly aborted?: boolean
  readonly responseBytes?: number | undefined
}

/** One request on its way. */
export interface OpenRequest {
  readonly requestId: string
  /** The header that the response carries. */
  readonly header: readonly [name: string, value: string]
  /** Runs work in the request's context, unless it runs in it or in one below it already. */
  run<T>(work: () => T): T
  /** Runs work in the request's context as `adopt` and `identify` left it. */
  enter<T>(work: () => T): T
  /** Takes what was added to the context since, for callbacks that come from outside of it. */
  adopt(): void
  /** Asks for the user once more and adds it to what `enter` and `run` give. */
  identify(): void
  /** Why it failed; told at its end. The first one counts. */
  fail(error: unknown): void
  /** Writes the record of its end; the first call counts. */
  end(departure: Departure): void
}

const ACCEPTED_ID = /^[\w.~+/=:@-]{1,128}$/
/** Anything else may end the response that is to carry it. */
const OWN_ID = /^[!-~]{1,128}$/

/** What all request middleware does: ids, context, records. Returns what begins a request. */
export function createRequestLog<Request>(
  options: RequestLogOptions<Request>,
): (arrival: Arrival<Request>) => OpenRequest {
  checkOptions(options)
  const complain = createComplaints()
  const logger = options.logger ?? getLogger('api')
  const headerName = (options.requestIdHeader ?? 'x-request-id').toLowerCase()
  const startLevel = options.startLevel === false ? undefined : levelValue(options.startLevel ?? LEVELS.DEBUG)
  const endLevel = levelValue(options.endLevel ?? LEVELS.INFO)
  const clientErrorLevel = levelValue(options.clientErrorLevel ?? endLevel)
  const slowMs = options.slowMs ?? Number.POSITIVE_INFINITY
  const form = typeof options.form === 'object' ? options.form : FORMS[options.form ?? 'names']
  if (form === undefined) throw new RangeError(`form is ${options.form}: use ${Object.keys(FORMS).join(', ')}`)
  const findClient = clientAddress(options.trustProxy ?? false)
  const now = options.now ?? (() => performance.now())

  function skipped(path: string): boolean {
    return options.skip?.some((one) => (typeof one === 'string' ? one === path : path.search(one) !== -1)) ?? false
  }

  function userOf(request: Request): string | undefined {
    try {
      return options.user?.(request)
    } catch {
      // Before authentication there is often nothing to read the user from.
      return undefined
    }
  }

  function requestIdOf(header: (name: string) => string | undefined): string {
    const given = options.acceptRequestId === false ? undefined : header(headerName)?.trim()
    return given !== undefined && ACCEPTED_ID.test(given) ? given : newRequestId()
  }

  function newRequestId(): string {
    if (options.newRequestId !== undefined) {
      try {
        const made = options.newRequestId()
        if (typeof made === 'string' && OWN_ID.test(made)) return made
        complain('request log: newRequestId gave what cannot be sent in a header; a UUID stands in its place')
      } catch (error) {
        complain(`request log: newRequestId failed: ${messageOf(error)}; a UUID stands in its place`)
      }
    }
    return globalThis.crypto.randomUUID()
  }

  /** A form that throws costs its record, not the request. */
  function record(frame: Frame, level: number, part: 'start' | 'end', make: () => ReturnType<typeof form.start>): void {
    inFrame(frame, () => {
      try {
        logger.log(level, ...make())
      } catch (error) {
        complain(`request log: form.${part} failed: ${messageOf(error)}; a record is missing`)
      }
    })
  }

  return (arrival) => {
    const { request, method, url } = arrival
    const startedAt = now()
    const pathOnly = withoutQuery(url)
    const quiet = skipped(pathOnly)
    const requestId = requestIdOf(arrival.header)
    let userId = userOf(request)
    const fields: Record<string, unknown> = { request_id: requestId, ...traceFields(arrival.header) }
    if (userId !== undefined) fields.user_id = userId
    const first = Frame.join(contextFrame(), Frame.of(fields))
    let base = first
    let failure: unknown
    let ended = false
    const requestBytes = contentLength(arrival.header('content-length'))
    const facts: RequestFacts = {
      method,
      path: options.query === true ? url : pathOnly,
      clientIp: findClient(arrival.remoteAddress, arrival.header('x-forwarded-for')),
      userAgent: options.userAgent === true ? arrival.header('user-agent')?.slice(0, 256) : undefined,
    }
    if (!quiet && startLevel !== undefined && logger.isEnabledFor(startLevel)) {
      record(base, startLevel, 'start', () => form.start(facts))
    }

    return {
      requestId,
      header: [headerName, requestId],
      run(work) {
        // The events of a response may come from elsewhere, even from the work of another request of the connection.
        return isWithin(contextFrame(), first) ? work() : inFrame(base, work)
      },
      enter: (work) => inFrame(base, work),
      adopt() {
        const current = contextFrame()
        if (current !== undefined && isWithin(current, base)) base = current
      },
      identify() {
        if (userId !== undefined) return
        userId = userOf(request)
        if (userId !== undefined) base = Frame.join(base, Frame.of({ user_id: userId }))
      },
      fail(error) {
        failure ??= error
      },
      end({ route, statusCode, aborted = false, responseBytes }) {
        if (ended) return
        ended = true
        if (quiet && failure === undefined) return
        const durationMs = now() - startedAt
        const failed = statusCode >= 500 || (aborted && failure !== undefined)
        const status = aborted && !failed ? 499 : statusCode
        const slow = durationMs > slowMs
        let level = failed ? LEVELS.ERROR : status >= 400 ? clientErrorLevel : endLevel
        if (slow && level < LEVELS.WARNING) level = LEVELS.WARNING
        if (!logger.isEnabledFor(level)) return
        this.identify()
        // Written out: spreading the facts into it took 6 µs, V8 makes a dictionary of it.
        const all = {
          method,
          path: facts.path,
          clientIp: facts.clientIp,
          userAgent: facts.userAgent,
          route,
          statusCode: status,
          durationMs,
          requestBytes,
          responseBytes: method === 'HEAD' || status === 204 || status === 304 ? 0 : responseBytes,
          aborted,
          slow,
          userId,
          error: failed ? failure : undefined,
        }
        record(base, level, 'end', () => form.end(all))
      },
    }
  }
}

/** Whether `frame` is `base` or has it around. */
function isWithin(frame: Frame | undefined, base: Frame): boolean {
  for (let current = frame; current !== undefined; current = current.outer) if (current === base) return true
  return false
}

/** Of the caller's trace, unless OpenTelemetry has a span of its own, which every record carries anyway. */
function traceFields(header: (name: string) => string | undefined): Fields | undefined {
  if (traceFrame() !== undefined) return undefined
  const parent = readTraceParent(header('traceparent'))
  if (parent === undefined) return undefined
  return { trace_id: parent.traceId, span_id: newSpanId(), parent_span_id: parent.spanId }
}

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/)
  return end === -1 ? url : url.slice(0, end)
}

function contentLength(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined
}
