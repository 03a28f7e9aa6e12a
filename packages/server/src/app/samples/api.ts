import { defineWorkload, hex, pick } from './workload.ts'

const PATHS = ['/v1/chat/completions', '/v1/embeddings', '/v1/models', '/api/v1/code/generate', '/healthz']

/** An HTTP API: mostly 200, some slow, some 4xx, a few 500 with a stack trace. */
export const api = defineWorkload({
  name: 'api',
  labels: { job: 'fastapi', service: 'hapa-backend', service_name: 'gateway' },
  share: 4,
  open: (random) => (timestamp) => {
    const chance = random()
    const status = chance < 0.02 ? 500 : chance < 0.06 ? pick(random, [400, 401, 404, 429]) : 200
    const slow = random() < 0.05 ? 8 : 1
    const entry = {
      timestamp,
      level: status >= 500 ? 'ERROR' : status >= 400 ? 'WARNING' : 'INFO',
      message: 'api_response',
      request_id: `req_${hex(random, 12)}`,
      method: 'POST',
      path: pick(random, PATHS),
      status_code: status,
      duration_ms: Number((5 + random() * 250 * slow).toFixed(1)),
      client_ip: `192.168.1.${Math.floor(1 + random() * 250)}`,
    }
    if (status < 500) return JSON.stringify(entry)
    const error = {
      type: 'TimeoutError',
      message: 'model server did not answer in 30 s',
      stack:
        'TimeoutError: model server did not answer in 30 s\n    at forward (gateway/proxy.ts:88:11)\n    at handle (gateway/server.ts:41:5)',
    }
    return JSON.stringify({ ...entry, error })
  },
})
