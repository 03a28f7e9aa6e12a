import { type Meters, REQUEST_SECONDS } from './meters.ts'
import { around, type Random, type Stage } from './workload.ts'

/** What the API tells of itself, by the names of the SDK's ApiMonitor. */
export interface ApiMeters {
  requestEnded(method: string, endpoint: string, status: number, seconds: number): void
  aiInference(model: string, seconds: number): void
  error(type: string): void
  cacheLookup(hit: boolean): void
}

/** Lookups that the hit rate is of. */
const LOOKUPS = 200

export function apiMeters(meters: Meters, random: Random): ApiMeters {
  const requests = meters.counter('api_requests_total', 'Total API requests')
  const durations = meters.histogram('api_request_duration_seconds', 'API request duration', REQUEST_SECONDS)
  const inferences = meters.histogram('ai_inference_duration_seconds', 'AI model inference duration', REQUEST_SECONDS)
  const errors = meters.counter('api_errors_total', 'Total API errors')
  const connections = meters.gauge('active_connections', 'Number of active connections')
  const hitRate = meters.gauge('cache_hit_rate', 'Cache hit rate percentage')
  const lookups: boolean[] = []
  let open = 24
  return {
    requestEnded(method, endpoint, status, seconds) {
      requests.add({ method, endpoint, status: String(status) })
      durations.observe({}, seconds)
      // Callers keep their connections between requests; some come, some go.
      open = Math.min(60, Math.max(4, open + Math.round(around(random, 0, 2, 0))))
      connections.set({}, open)
    },
    aiInference: (model, seconds) => inferences.observe({ model }, seconds),
    error: (error_type) => errors.add({ error_type }),
    cacheLookup(hit) {
      lookups.push(hit)
      if (lookups.length > LOOKUPS) lookups.shift()
      hitRate.set({}, (100 * lookups.filter(Boolean).length) / lookups.length)
    },
  }
}

/** What the model server tells of itself, by the names that vLLM has. */
export interface ServingMeters {
  requestEnded(model: string, facts: { promptTokens: number; tokens: number; seconds: number }): void
}

const LATENCY_SECONDS = [0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 2.5, 5, 10, 15, 30]
const FIRST_TOKEN_SECONDS = [0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5]

export function servingMeters(meters: Meters, { random }: Pick<Stage, 'random'>): ServingMeters {
  const success = meters.counter('vllm:request_success_total', 'Requests that were answered, by reason of their end')
  const promptTokens = meters.counter('vllm:prompt_tokens_total', 'Tokens of prompts')
  const generated = meters.counter('vllm:generation_tokens_total', 'Tokens generated')
  const latency = meters.histogram('vllm:e2e_request_latency_seconds', 'Durations of requests', LATENCY_SECONDS)
  const first = meters.histogram('vllm:time_to_first_token_seconds', 'Time to the first token', FIRST_TOKEN_SECONDS)
  const running = meters.gauge('vllm:num_requests_running', 'Requests that are being answered')
  const waiting = meters.gauge('vllm:num_requests_waiting', 'Requests that wait')
  const cache = meters.gauge('vllm:kv_cache_usage_perc', 'Part of the KV cache that is in use, 0 to 1')
  const depths = new Map<string, number>()
  return {
    requestEnded(model_name, facts) {
      const labels = { model_name }
      success.add({ ...labels, finished_reason: facts.tokens > 480 ? 'length' : 'stop' })
      promptTokens.add(labels, facts.promptTokens)
      generated.add(labels, facts.tokens)
      latency.observe(labels, facts.seconds)
      first.observe(labels, 0.02 + facts.promptTokens * 0.0004 + random() * 0.03)
      // A batch server: its depth wanders, and what is beyond eight at once waits.
      const depth = Math.min(14, Math.max(1, (depths.get(model_name) ?? 4) + Math.round(around(random, 0, 2, 0))))
      depths.set(model_name, depth)
      running.set(labels, Math.min(8, depth))
      waiting.set(labels, Math.max(0, depth - 8))
      cache.set(labels, around(random, Math.min(0.9, depth * 0.075), 0.04, 4))
    },
  }
}
