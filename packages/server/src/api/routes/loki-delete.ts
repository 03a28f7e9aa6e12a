import { parseAndCheckLogQL, QueryError } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import type { DeleteRequest } from '../../store/deletions.ts'
import { parseTimestamp } from '../loki/params.ts'
import { type ApiContext, type ApiRequest, type ApiResponse, json, type RouteFamily, text } from '../route.ts'

/** Each one is a condition in every query that it touches. */
const MAX_UNFINISHED = 200

/**
 * Loki's API of delete requests. Lines are hidden as soon as the request is answered and removed once it can no longer be
 * cancelled. Statuses, texts and the form of times are Loki's.
 */
export const lokiDelete: RouteFamily = (context) => [
  {
    methods: ['POST', 'PUT'],
    path: '/loki/api/v1/delete',
    scope: 'admin',
    errors: 'text',
    handle: (request) => add(context, request),
  },
  {
    methods: ['GET'],
    path: '/loki/api/v1/delete',
    scope: 'admin',
    errors: 'text',
    handle: ({ tenant }) => json(context.store.deletions.list(tenant).map((request) => shown(context, request))),
  },
  {
    methods: ['DELETE'],
    path: '/loki/api/v1/delete',
    scope: 'admin',
    errors: 'text',
    handle: (request) => cancel(context, request),
  },
  {
    methods: ['GET'],
    path: '/loki/api/v1/cache/generation_numbers',
    scope: 'query',
    errors: 'text',
    // Changes when what queries may answer changes.
    handle: ({ tenant }) => text(JSON.stringify(String(context.store.deletions.generation(tenant)))),
  },
]

async function add({ store, now }: ApiContext, { params, tenant }: ApiRequest): Promise<ApiResponse> {
  const query = params.get('query')
  if (!query) throw new GirokError('bad_request', 'query not set')
  checkQuery(query)
  const startNs = timeOf(params.get('start'), 'start')
  if (startNs === undefined) throw new GirokError('bad_request', 'start time not set')
  const nowMs = now()
  const nowNs = BigInt(Math.round(nowMs)) * 1_000_000n
  const endNs = timeOf(params.get('end'), 'end') ?? nowNs
  if (endNs > nowNs) throw new GirokError('bad_request', 'deletes in the future are not allowed')
  if (startNs >= endNs) throw new GirokError('bad_request', "start time can't be greater than or equal to end time")
  const unfinished = store.deletions.list(tenant).filter(({ state }) => state === 'received' || state === 'removing')
  if (unfinished.length >= MAX_UNFINISHED) {
    throw new GirokError(
      'rate_limited',
      `${unfinished.length} delete requests wait to be carried out, which is the most there may be: delete by fewer, wider queries`,
      { retryAfterSeconds: 3600 },
    )
  }
  const { id } = await store.deletions.add({ tenant, query, startNs, endNs, createdMs: nowMs })
  return { status: 204, headers: { 'x-delete-request-id': id } }
}

async function cancel(
  { store, now, cancelPeriodMs }: ApiContext,
  { params, tenant }: ApiRequest,
): Promise<ApiResponse> {
  const id = params.get('request_id')
  if (!id) throw new GirokError('bad_request', 'request_id not set')
  const request = store.deletions.get(tenant, id)
  if (!request) throw new GirokError('not_found', 'could not find delete request with given id')
  if (now() > request.createdMs + cancelPeriodMs && params.get('force') !== 'true') {
    throw new GirokError(
      'bad_request',
      `deletion of request past the deadline of ${cancelPeriodMs / 1000}s since its creation is not allowed`,
    )
  }
  if (!(await store.deletions.cancel(request))) {
    throw new GirokError('bad_request', 'deletion of request which is in process or already processed is not allowed')
  }
  return { status: 204 }
}

function shown({ store }: ApiContext, request: DeleteRequest): object {
  const { id, startNs, endNs, query, createdMs, tenant, state } = request
  return {
    request_id: id,
    start_time: Number(startNs / 1_000_000n) / 1000,
    end_time: Number(endNs / 1_000_000n) / 1000,
    query,
    status:
      state === 'received'
        ? 'received'
        : state === 'removing'
          ? `${store.deletions.percent(request)}% Complete`
          : 'processed',
    created_at: createdMs / 1000,
    user_id: tenant,
  }
}

function checkQuery(query: string): void {
  try {
    if (parseAndCheckLogQL(query).kind === 'log') return
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw new GirokError('bad_request', `invalid query expression: ${error.message}`)
  }
  throw new GirokError('bad_request', 'invalid query expression: give a log query, not a metric query')
}

/** Loki takes nothing but seconds of ten digits and RFC 3339, so that milliseconds are not taken for an age ago. */
function timeOf(value: string | null, name: string): bigint | undefined {
  if (!value) return undefined
  const isTime = /^\d{10}$/.test(value) || /^\d{4}-\d\d-\d\d[Tt]/.test(value)
  if (!isTime) throw new GirokError('bad_request', `invalid ${name} time: require unix seconds or RFC3339 format`)
  return parseTimestamp(value, name)
}
