/** A record of the mock store. */
export interface MockRecord {
  readonly ns: bigint
  readonly line: string
  readonly labels: Readonly<Record<string, string>>
  readonly meta: Readonly<Record<string, string>>
}

/** A small seeded generator (mulberry32): the same index always makes the same line. */
function random(seed: number): () => number {
  let state = (seed * 0x9e3779b1) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Maker = (pick: () => number, index: number) => { readonly level: string; readonly line: string }

const json = (level: string, fields: Record<string, unknown>): { level: string; line: string } => ({
  level,
  line: JSON.stringify({ level, ...fields }),
})
const chance = (pick: () => number, warn: number, error: number): string => {
  const roll = pick()
  return roll < error ? 'error' : roll < error + warn ? 'warn' : roll > 0.9 ? 'debug' : 'info'
}
const of = <T>(pick: () => number, list: readonly T[]): T => list[Math.floor(pick() * list.length)] as T
const round = (value: number, digits: number): number => Number(value.toFixed(digits))

const stack = [
  'Traceback (most recent call last):',
  '  File "/srv/infer/server.py", line 118, in handle',
  '    tokens = engine.generate(prompt, max_tokens=2048)',
  '  File "/srv/infer/engine.py", line 402, in generate',
  '    raise OutOfMemoryError("CUDA out of memory: tried to allocate 2.50 GiB")',
  'OutOfMemoryError: CUDA out of memory: tried to allocate 2.50 GiB',
].join('\n')

const makers: Readonly<Record<string, Maker>> = {
  trainer: (pick, index) =>
    json(chance(pick, 0.02, 0.003), {
      message: 'step done',
      event: 'train.step',
      run: 'llama-8b-sft-042',
      step: index,
      loss: round(2.1 * Math.exp(-(index % 5000) / 2500) + 0.08 * pick(), 4),
      lr: 0.0002,
      grad_norm: round(0.4 + pick(), 3),
      gpu: { util: Math.floor(88 + pick() * 12), mem_gb: round(70 + pick() * 9, 1) },
    }),
  inference: (pick) => {
    const level = chance(pick, 0.04, 0.02)
    const fields = {
      model: of(pick, ['qwen3-32b', 'llama-8b', 'exaone-7b']),
      request_id: Math.floor(pick() * 1e12).toString(36),
      prompt_tokens: Math.floor(pick() * 4000),
      completion_tokens: Math.floor(pick() * 900),
      ttft_ms: Math.floor(80 + pick() * 400),
      user: { id: `u_${Math.floor(pick() * 400)}`, plan: of(pick, ['free', 'pro', 'team']) },
    }
    if (level === 'error') return json(level, { message: 'generation failed', ...fields, stack })
    return json(level, { message: of(pick, ['generation done', '응답 생성 완료', '推論が完了しました']), ...fields })
  },
  'gpu-exporter': (pick) => {
    const level = chance(pick, 0.05, 0.002)
    return {
      level,
      line: `level=${level} msg="gpu sample" gpu=${Math.floor(pick() * 8)} util=${Math.floor(pick() * 100)} temp=${Math.floor(55 + pick() * 30)} power=${Math.floor(250 + pick() * 400)}W mem=${round(pick() * 80, 1)}GB`,
    }
  },
  'http-api': (pick) => {
    const status = pick() < 0.03 ? 500 : pick() < 0.06 ? 404 : of(pick, [200, 200, 200, 201, 204, 304])
    const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info'
    return json(level, {
      message: `${of(pick, ['GET', 'POST', 'PUT'])} ${of(pick, ['/v1/campaigns', '/v1/bids', '/v1/users/me', '/healthz'])}`,
      status,
      duration_ms: round(pick() * 240, 2),
      client_ip: `10.0.${Math.floor(pick() * 8)}.${Math.floor(pick() * 255)}`,
      trace_id: Math.floor(pick() * 2 ** 48)
        .toString(16)
        .padStart(32, '0'),
    })
  },
  'ad-events': (pick) => {
    const roll = pick()
    const event = roll < 0.8 ? 'impression' : roll < 0.97 ? 'click' : 'conversion'
    return json(chance(pick, 0.01, 0.002), {
      message: `ad ${event}`,
      event,
      campaign: of(pick, ['여름 세일', 'spring-sale', '新生活キャンペーン', 'retarget-7d']),
      bid_price: round(pick() * 3, 4),
      won: pick() < 0.3,
    })
  },
  worker: (pick) => {
    const level = chance(pick, 0.08, 0.01)
    const text = of(pick, [
      '작업 큐에서 메시지를 가져왔습니다 (대기 12건)',
      'ジョブを開始しました: レポート生成',
      'cache miss, reading from disk',
      'payload <script>alert("not run")</script> rejected',
      'looks harmless \u202egnp.exe\u202c but is not',
      '\u001b[32mcolour codes\u001b[0m and a bell \u0007 in one line',
    ])
    return { level, line: `${level.toUpperCase()} worker-${Math.floor(pick() * 4)}: ${text}` }
  },
}

export const services: readonly string[] = Object.keys(makers)

const hosts = ['node-a', 'node-b', 'node-c']

/** Record number `index` of an endless store in which record 0 stands at the epoch. */
export function recordAt(index: number, nsPerRecord: bigint): MockRecord {
  const pick = random(index + 1)
  const service = services[Math.floor(pick() * services.length)] ?? 'worker'
  const { level, line } = (makers[service] as Maker)(pick, index)
  const labels = { service_name: service, env: pick() < 0.8 ? 'prod' : 'staging', host: of(pick, hosts) }
  const jitter = BigInt(Math.floor(pick() * Number(nsPerRecord)))
  return { ns: BigInt(index) * nsPerRecord + jitter, line, labels: shared(labels), meta: levelMeta(level) }
}

const labelSets = new Map<string, Readonly<Record<string, string>>>()

function shared(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const key = JSON.stringify(labels)
  const known = labelSets.get(key)
  if (known !== undefined) return known
  labelSets.set(key, labels)
  return labels
}

const metas = new Map<string, Readonly<Record<string, string>>>()

function levelMeta(level: string): Readonly<Record<string, string>> {
  let meta = metas.get(level)
  if (meta === undefined) {
    meta = { detected_level: level }
    metas.set(level, meta)
  }
  return meta
}
