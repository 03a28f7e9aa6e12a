// The common workload: lines of an HTTP API, an LLM server, a training run, GPUs and sshd, as the founding documents shape
// them, about 195 bytes each, two hours of data. The same seed gives the same lines.

const MODELS = ['llama-3-8b', 'qwen2-7b', 'mistral-7b']
const PATHS = ['/v1/chat/completions', '/v1/embeddings', '/v1/models', '/api/v1/code/generate', '/healthz']
export const SPAN_MS = 2 * 3_600_000

/** A generator of pseudo-random numbers in [0, 1) (xorshift32). */
function generator(seed) {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 4_294_967_296
  }
}

/** `line(i)` gives [timeMs, labels, text] of line i of `total`; call it in order. */
export function workload(total, startMs, seed = 987_654_321) {
  const random = generator(seed)
  const hex = (count) => {
    let text = ''
    while (text.length < count) text += Math.floor(random() * 16).toString(16)
    return text
  }
  const number = (low, high, decimals) => Number((low + random() * (high - low)).toFixed(decimals))
  const kinds = [
    [
      0.3,
      (i, base) => [
        { job: 'api', service: 'gateway', host: `h${i % 8}` },
        {
          ...base,
          level: random() < 0.03 ? 'ERROR' : 'INFO',
          message: 'api_response',
          request_id: `req_${hex(12)}`,
          method: 'POST',
          path: PATHS[i % 5],
          status_code: random() < 0.03 ? 500 : 200,
          duration_ms: number(0, 900, 1),
          client_ip: `10.${i % 200}.${i % 250}.${i % 240}`,
        },
      ],
    ],
    [
      0.6,
      (i, base) => [
        { job: 'inference', service: 'vllm', host: `g${i % 4}` },
        {
          ...base,
          level: 'INFO',
          message: 'inference_response',
          request_id: `req_${hex(12)}`,
          latency_ms: number(50, 1550, 1),
          tokens_generated: Math.floor(random() * 512),
          tokens_per_second: number(0, 300, 1),
          model_name: MODELS[i % 3],
        },
      ],
    ],
    [
      0.75,
      (i, base) => [
        { job: 'training', run: `r${i % 3}` },
        {
          ...base,
          level: 'INFO',
          message: 'training_step',
          epoch: 1 + Math.floor((i / total) * 3),
          step: i,
          loss: number(2 / (1 + i / 1e4), 2 / (1 + i / 1e4) + 0.1, 4),
          learning_rate: 0.0001,
          gpu_memory_used: 14336,
          gpu_memory_total: 31744,
        },
      ],
    ],
    [
      0.9,
      (i, base) => [
        { job: 'system', gpu_id: String(i % 4) },
        {
          ...base,
          level: 'INFO',
          message: 'gpu_metrics',
          gpu_id: i % 4,
          gpu_memory_used: 14336,
          gpu_memory_percent: number(40, 95, 1),
          gpu_utilization: number(0, 100, 1),
          temperature: Math.floor(number(40, 85, 0)),
          power_watts: number(100, 300, 1),
        },
      ],
    ],
    [
      1,
      (i) => [
        { job: 'syslog', host: `h${i % 8}` },
        `sshd[${1_000 + (i % 9_000)}]: Failed password for invalid user ${hex(5)} from 10.0.${i % 255}.${i % 251} port ${30_000 + (i % 30_000)} ssh2`,
      ],
    ],
  ]
  return (i) => {
    const timeMs = startMs + Math.floor((i / total) * SPAN_MS)
    const chance = random()
    const [, make] = kinds.find(([upTo]) => chance < upTo)
    const [labels, entry] = make(i, { timestamp: new Date(timeMs).toISOString() })
    return [timeMs, labels, typeof entry === 'string' ? entry : JSON.stringify(entry)]
  }
}

/** The bodies of Loki pushes of `perPush` lines each, in order. */
export function* pushes(total, perPush, startMs) {
  const line = workload(total, startMs)
  for (let low = 0; low < total; low += perPush) {
    const streams = new Map()
    for (let i = low; i < Math.min(total, low + perPush); i++) {
      const [timeMs, labels, text] = line(i)
      const key = JSON.stringify(labels)
      let stream = streams.get(key)
      if (!stream) {
        stream = { stream: labels, values: [] }
        streams.set(key, stream)
      }
      stream.values.push([`${timeMs}000000`, text])
    }
    yield JSON.stringify({ streams: [...streams.values()] })
  }
}

/** Questions that people ask of such logs: name → LogQL; metric queries have a step of a minute. */
export const QUERIES = {
  'newest 100 of a stream': '{job="inference"}',
  'rare needle, all streams': '{job=~".+"} |= "req_00000dead"',
  'substring count per minute': 'sum(count_over_time({job=~".+"} |= "inference_response" [1m]))',
  'regex on one job': '{job="syslog"} |~ `(?i)failed password.*from 10\\.0\\.7\\.`',
  'field equality (status 500)': '{job="api"} | json | status_code=500',
  'field comparison (latency > 1500)': '{job="inference"} | json | latency_ms > 1500',
  'requests per second by job': 'sum by (job) (rate({job=~".+"}[1m]))',
  'error count by path': 'sum by (path) (count_over_time({job="api"} | json | level="ERROR" [1m]))',
  'avg latency per minute': 'avg_over_time({job="inference"} | json | unwrap latency_ms [1m]) by ()',
  'p95 latency by model per minute':
    'quantile_over_time(0.95, {job="inference"} | json | unwrap latency_ms [1m]) by (model_name)',
  'max GPU utilisation by GPU':
    'max by (gpu_id) (max_over_time({job="system"} | json | unwrap gpu_utilization [1m]) by (gpu_id))',
}
