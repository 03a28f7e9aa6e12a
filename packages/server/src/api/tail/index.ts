import { type LogExpr, parseLogQL, refuseExtensions } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import { encodingFlags } from '../loki/encoding-flags.ts'
import { parseLimit, parseTimestamp, requireQuery } from '../loki/params.ts'
import type { ApiContext, ApiRequest } from '../route.ts'
import { girokFrames } from './girok.ts'
import { legacyFrames, lokiFrames } from './loki.ts'
import { type EncodeFrame, startTail, type TailSocket, UNEXPECTED_CONDITION } from './session.ts'

export type { TailSocket } from './session.ts'

export interface TailRequest {
  readonly tenant: string
  readonly params: URLSearchParams
  /** Lower-case names. */
  readonly headers: ApiRequest['headers']
}

/**
 * Checks a request before the upgrade (throws GirokError, answered as HTTP) and returns what to do with the open socket.
 */
export type TailPath = (request: TailRequest) => (socket: TailSocket) => void

const NS_PER_HOUR = 3_600_000_000_000n

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
    const log = logQuery(requireQuery(params), context.engine)
    if (log === undefined)
      throw new GirokError('bad_query', 'only log queries can be followed live, not metric queries')
    return (socket) => {
      if (!admit(tenant, socket)) return
      startTail({
        log,
        fallThrough: context.engine.dialect.selectorFallthrough,
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

  const loki =
    (encodeFor: (request: TailRequest) => EncodeFrame): TailPath =>
    (request) => {
      const { tenant, params } = request
      const query = requireQuery(params)
      const log = logQuery(query, context.engine)
      const delay = Number(params.get('delay_for') || '0')
      if (!Number.isInteger(delay) || delay < 0 || delay > 5) {
        throw new GirokError('bad_request', 'delay_for must be a whole number of seconds from 0 to 5')
      }
      const limit = Math.min(parseLimit(params, 'limit', 100), context.tail.maxHistory)
      const nowNs = BigInt(Math.round(context.now())) * 1_000_000n
      const start = params.get('start')
      const startNs = start ? parseTimestamp(start, 'start') : nowNs - NS_PER_HOUR
      const encode = encodeFor(request)
      return (socket) => {
        if (log === undefined) {
          socket.close(UNEXPECTED_CONDITION, 'only log queries can be tailed, not metric queries')
          return
        }
        if (!admit(tenant, socket)) return
        startTail({
          log,
          fallThrough: context.engine.dialect.selectorFallthrough,
          tenant,
          feed: context.feed,
          socket,
          encode,
          flushMs: 200 + delay * 1_000,
          maxPerFrame: 100,
          maxDurationMs: context.tail.maxDurationMs,
          endCode: UNEXPECTED_CONDITION,
          history: async (signal) => {
            // A start in the future has no past; the newest `limit` entries of the past, in order of time.
            if (startNs >= nowNs) return []
            const past = { tenant, query, startNs, endNs: nowNs, limit, direction: 'backward', signal } as const
            return [...(await context.engine.logs(past)).entries].reverse()
          },
        })
      }
    }

  return new Map([
    ['/girok/v1/tail', girok],
    ['/loki/api/v1/tail', loki(({ headers }) => lokiFrames(encodingFlags(headers)))],
    ['/api/prom/tail', loki(() => legacyFrames)],
  ])
}

/** The query when it is a log query; undefined for a metric query. Throws QueryError for a faulty text. */
function logQuery(query: string, { dialect }: ApiContext['engine']): LogExpr | undefined {
  const expr = parseLogQL(query)
  if (!dialect.extensions) refuseExtensions(expr, query)
  return expr.kind === 'log' ? expr : undefined
}
