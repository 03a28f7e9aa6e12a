import { getContext } from '@girok/sdk'
import { InferenceLogger } from '@girok/sdk/domains'
import { fastifyRequestLog } from '@girok/sdk/middleware'
import { type FastifyInstance, fastify } from 'fastify'
import { apiMeters, servingMeters } from './api-meters.ts'
import { around, hex, metersOf, onStage, pick, type Random, type Stage, type Workload } from './workload.ts'

const MODELS = ['llama-3-8b', 'qwen2-7b', 'mistral-7b']
const SLOW_MS = 1000
/** Answers that are kept for equal questions. */
const CACHED_ANSWERS = 64
const CHARACTERS_PER_TOKEN = 4
/** The model server is busier and idler again in the course of so much time. */
const TIDE_MS = 20 * 60_000

class ModelTimeout extends Error {
  readonly statusCode = 500
  constructor(cause: Error) {
    super('the model server did not answer in 30 s', { cause })
    this.name = 'TimeoutError'
  }
}

/** The API as it would run anywhere: every record that a request causes has its request id, none of them passes it on. */
export function createApi(stage: Stage): { readonly app: FastifyInstance; close(): Promise<void> } {
  const { hierarchy, random, now, sleep } = stage
  const inference = new InferenceLogger('vllm', onStage(stage, 'inference.vllm'))
  const measured = apiMeters(metersOf(stage, { job: 'fastapi', instance: 'localhost:8000' }), random)
  const serving = servingMeters(metersOf(stage, { job: 'inference', instance: 'gpu-1:8001' }), stage)
  const answers = new Map<string, string>()
  const app = fastify({ logger: false, trustProxy: true })
  const startedAt = new WeakMap<object, number>()
  app.addHook('onRequest', async (request) => void startedAt.set(request, now()))
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request
    const seconds = (now() - (startedAt.get(request) ?? now())) / 1000
    measured.requestEnded(method, routeOptions.url ?? 'none', reply.statusCode, seconds)
  })
  app.register(fastifyRequestLog, {
    logger: hierarchy.getLogger('api'),
    slowMs: SLOW_MS,
    clientErrorLevel: 'WARNING',
    trustProxy: true,
    skip: ['/healthz'],
    user: (request) => headerText(request.raw.headers['x-user-id']),
    now,
  })

  app.get('/healthz', async () => ({ status: 'healthy' }))
  app.get('/v1/models', async () => ({ data: MODELS.map((id) => ({ id })) }))
  app.get('/v1/files/:name', async (_request, reply) => reply.code(404).send({ error: 'there is no such file' }))

  app.post<{ Body: { model: string; prompt: string } }>('/v1/chat/completions', async ({ body }) => {
    const request_id = String(getContext().request_id)
    const question = `${body.model}\0${body.prompt}`
    const kept = answers.get(question)
    measured.cacheLookup(kept !== undefined)
    if (kept !== undefined) return { choices: [{ message: { content: kept } }] }
    const askedAt = now()
    inference.logRequest({ request_id, model_name: body.model, prompt: body.prompt })
    try {
      const { tokens, text } = await generate(body.prompt)
      inference.logResponse({ request_id, tokens_generated: tokens, output: text })
      const seconds = (now() - askedAt) / 1000
      measured.aiInference(body.model, seconds)
      serving.requestEnded(body.model, { promptTokens: body.prompt.length / CHARACTERS_PER_TOKEN, tokens, seconds })
      answers.set(question, text)
      const [oldest] = answers.keys()
      if (answers.size > CACHED_ANSWERS && oldest !== undefined) answers.delete(oldest)
      return { choices: [{ message: { content: text } }] }
    } catch (error) {
      inference.logFailure({ request_id, error })
      measured.error((error as Error).name)
      throw new ModelTimeout(error as Error)
    }
  })

  /** Stands for a model server. */
  async function generate(prompt: string): Promise<{ tokens: number; text: string }> {
    const tokens = Math.floor(20 + random() * 480)
    const tide = 1 + 0.4 * Math.sin((now() / TIDE_MS) * 2 * Math.PI)
    await sleep(Math.round(60 + tokens * (1.5 + random() * 2) * tide * (random() < 0.05 ? 4 : 1)))
    if (random() < 0.03) throw new Error('CUDA out of memory')
    return { tokens, text: prompt.toUpperCase() }
  }

  return {
    app,
    async close() {
      await app.close()
      await inference.close()
    },
  }
}

/** The API and those who call it. */
export const apiServer: Workload = {
  name: 'api-server',
  summary: 'A Fastify API before a language model, with the callers it has.',
  labels: {
    api: { job: 'fastapi', service: 'hapa-backend', service_name: 'gateway' },
    inference: { job: 'inference', service: 'mlops', service_name: 'vllm' },
  },
  share: 6,
  open(stage) {
    const { app, close } = createApi(stage)
    const opened = stage.listen === undefined ? app.ready() : app.listen(stage.listen)
    return {
      async step() {
        await opened
        await stage.sleep(around(stage.random, 200, 150, 0))
        await app.inject(anyCall(stage.random))
      },
      close,
    }
  },
}

function anyCall(random: Random) {
  const headers = {
    'x-request-id': `req_${hex(random, 12)}`,
    'x-forwarded-for': `192.168.1.${Math.floor(1 + random() * 250)}`,
    'x-user-id': `user_${Math.floor(random() * 500)}`,
  }
  const chance = random()
  if (chance < 0.05) return { method: 'GET', url: `/v1/files/${hex(random, 4)}`, headers } as const
  if (chance < 0.2) return { method: 'GET', url: '/v1/models', headers } as const
  const prompt = 'lorem ipsum '.repeat(Math.floor(1 + random() * 90))
  return {
    method: 'POST',
    url: '/v1/chat/completions',
    headers,
    payload: { model: pick(random, MODELS), prompt },
  } as const
}

function headerText(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined
}
