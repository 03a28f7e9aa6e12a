import { around, defineWorkload, hex, pick } from './workload.ts'

/** An LLM server: answers with latency and tokens per second; a few time out. */
export const inference = defineWorkload({
  name: 'inference',
  labels: { job: 'inference', service: 'mlops', service_name: 'vllm' },
  share: 4,
  open: (random) => (timestamp) => {
    const requestId = `req_${hex(random, 12)}`
    const model = pick(random, ['llama-3-8b', 'qwen2-7b', 'mistral-7b'])
    if (random() < 0.02) {
      return JSON.stringify({
        timestamp,
        level: 'ERROR',
        message: 'inference_failed',
        request_id: requestId,
        model_name: model,
        error: 'CUDA out of memory',
      })
    }
    const tokens = Math.floor(20 + random() * 480)
    const latencyMs = Number((60 + tokens * (2 + random() * 2)).toFixed(1))
    return JSON.stringify({
      timestamp,
      level: 'INFO',
      message: 'inference_response',
      request_id: requestId,
      prompt_length: Math.round(around(random, 600, 500, 0)),
      latency_ms: latencyMs,
      tokens_generated: tokens,
      tokens_per_second: Number(((tokens / latencyMs) * 1000).toFixed(1)),
      model_name: model,
    })
  },
})
