import { type LogExpr, parseLogQL } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import { parseLimit, parseTimestamp, requireQuery } from '../loki/params.ts'
import type { ApiContext } from '../route.ts'
import { girokFrames } from './girok.ts'
import { lokiFrames } from './loki.ts'
import { startTail, type TailSocket } from './session.ts'

export type { TailSocket } from './session.ts'

export interface TailRequest {
  readonly tenant: string
  readonly params: URLSearchParams
}

/**
 * Checks a request before the upgrade (throws GirokError, answered as HTTP) and returns what to do with the open socket.
 */
export type TailPath = (request: TailRequest) => (socket: TailSocket) => void

const NS_PER_HOUR = 3_600_000_000_000n
/** RFC 6455: the server met a condition that kept it from fulfilling the request; Loki closes so. */
const UNEXPECTED_CONDITION = 1011

/** Websocket paths. Tails count against the limit of their tenant while they are open. */
export function tailPaths(context: ApiContext): ReadonlyMap<string, TailPath> {
  const open = new Map<string, number>()

  /** True when the tenant may open one more; the slot is given back when the socket closes. */
  function admit(tenant: string, socket: TailSocket): boolean {
    const count = (open.get(tenant) ?? 0) + 1
    if (count > context.tail.maxConnections) {
      const limit = context.tail.maxConnections
      const reason = `max concurrent tail requests limit exceeded, count > limit (${count} > ${limit})`
      socket.close(UNEXPECTED_CONDITION, reason)
      return false
    }
    open.set(tenant, count)
    socket.onClose(() => {
      const left = (open.get(tenant) ?? 1) - 1
      if (left > 0) open.set(tenant, left)
      else open.delete(tenant)
    })
    return true
  }

  const girok: TailPath = ({ tenant, params }) => {
    const log = logQuery(requireQuery(params))
    if (log === undefined)
      throw new GirokError('bad_query', 'only log queries can be followed live, not metric queries')
    return (socket) => {
      if (!admit(tenant, socket)) return
      startTail({
        log,
        tenant,
        feed: context.feed,
        socket,
        encode: girokFrames(),
        flushMs: 50,
        maxPerFrame: 2_000,
        maxDurationMs: context.tail.maxDurationMs,
      })
    }
  }

  const loki: TailPath = ({ tenant, params }) => {
    const query = requireQuery(params)
    const log = logQuery(query)
    const delay = Number(params.get('delay_for') || '0')
    if (!Number.isInteger(delay) || delay < 0 || delay > 5) {
      throw new GirokError('bad_request', 'delay_for must be a whole number of seconds from 0 to 5')
    }
    const limit = parseLimit(params, 'limit', 100)
    const nowNs = BigInt(Math.round(context.now())) * 1_000_000n
    const start = params.get('start')
    const startNs = start ? parseTimestamp(start, 'start') : nowNs - NS_PER_HOUR
    return (socket) => {
      if (log === undefined) {
        socket.close(UNEXPECTED_CONDITION, 'only log queries can be tailed, not metric queries')
        return
      }
      if (!admit(tenant, socket)) return
      const live = () =>
        startTail({
          log,
          tenant,
          feed: context.feed,
          socket,
          encode: lokiFrames,
          flushMs: 200 + delay * 1_000,
          maxPerFrame: 100,
          maxDurationMs: context.tail.maxDurationMs,
        })
      const closed = new AbortController()
      socket.onClose(() => closed.abort())
      // The newest `limit` entries of the past come first, in order of time.
      context.engine
        .logs({ tenant, query, startNs, endNs: nowNs, limit, direction: 'backward', signal: closed.signal })
        .then(
          ({ entries }) => {
            if (closed.signal.aborted) return
            for (let end = entries.length; end > 0; end -= 100) {
              socket.send(lokiFrames(entries.slice(Math.max(0, end - 100), end).reverse(), [], 0))
            }
            live()
          },
          (error: Error) => socket.close(UNEXPECTED_CONDITION, error.message.slice(0, 120)),
        )
    }
  }

  return new Map([
    ['/girok/v1/tail', girok],
    ['/loki/api/v1/tail', loki],
    ['/api/prom/tail', loki],
  ])
}

/** The query when it is a log query; undefined for a metric query. Throws QueryError for a faulty text. */
function logQuery(query: string): LogExpr | undefined {
  const expr = parseLogQL(query)
  return expr.kind === 'log' ? expr : undefined
}
