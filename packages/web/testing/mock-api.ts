import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  AgentsResponse,
  FieldsResponse,
  SetupResponse,
  SourcesResponse,
  StatusResponse,
} from '@girok/server/contract'
import { flatten, jsonOf, logfmtOf } from '../src/pages/logs/panel/json-fields.ts'
import type { MockRecord } from './log-generator.ts'
import { comparison, patterns } from './mock-patterns.ts'
import { counted, filterOf, type Keep } from './mock-query.ts'

export interface MockState {
  empty: boolean
  readonly nsPerRecord: bigint
  readonly record: (index: number) => MockRecord
  readonly extra: readonly MockRecord[]
  /** Time that every answer takes on top. */
  delayMs: number
  setup: SetupResponse
  sources: SourcesResponse
  agents: AgentsResponse
  /** Names of labels besides those that every record has. */
  moreLabels: readonly string[]
}

type Send = (body: unknown, status?: number) => void

/** Records of a range in one direction, lazily. */
function* records(state: MockState, start: bigint, end: bigint, forward: boolean): Generator<MockRecord> {
  if (state.empty) return
  const nowNs = BigInt(Date.now()) * 1_000_000n
  const until = end < nowNs ? end : nowNs
  const inRange = ({ ns }: MockRecord): boolean => ns >= start && ns < end
  const extra = state.extra.filter(inRange).sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0))
  if (!forward) yield* extra.reverse()
  const first = Number(start / state.nsPerRecord)
  const last = Number(until / state.nsPerRecord)
  const step = forward ? 1 : -1
  for (let index = forward ? first : last; forward ? index <= last : index >= first; index += step) {
    const record = state.record(index)
    if (record.ns >= start && record.ns < until) yield record
  }
  if (forward) yield* extra
}

function select(
  state: MockState,
  keep: Keep,
  start: bigint,
  end: bigint,
  forward: boolean,
  limit: number,
): MockRecord[] {
  const found: MockRecord[] = []
  let looked = 0
  for (const record of records(state, start, end, forward)) {
    looked += 1
    if (keep(record)) found.push(record)
    // The mock makes its records up as it goes: a filter that nothing passes must not take for ever.
    if (found.length >= limit || looked > 200_000) break
  }
  return found
}

export async function handleApi(
  path: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  state: MockState,
): Promise<void> {
  const send: Send = (body, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' })
    response.end(JSON.stringify(body))
  }
  const query = url.searchParams.get('query') ?? ''
  const start = BigInt(url.searchParams.get('start') ?? '0')
  const end = BigInt(url.searchParams.get('end') ?? `${Date.now()}000000`)
  if (path === '/loki/api/v1/query_range') queryRange(url, query, start, end, state, send)
  else if (path === '/loki/api/v1/labels')
    send({ status: 'success', data: ['env', ...state.moreLabels, 'host', 'service_name'] })
  else if (/^\/loki\/api\/v1\/label\/\w+\/values$/.test(path)) {
    const name = path.split('/')[5] ?? ''
    const values = new Set(
      select(state, () => true, end - 600_000_000_000n, end, false, 400).map((r) => r.labels[name]),
    )
    send({ status: 'success', data: [...values].filter((value) => value !== undefined).sort() })
  } else if (path === '/loki/api/v1/format_query') {
    filterOf(counted(query)?.log ?? query)
    send({ status: 'success', data: query.replace(/\s*\|\s*(json|logfmt|[a-z_]+=)/g, '\n  | $1') })
  } else if (path === '/girok/v1/status') send(status(state))
  else if (path === '/girok/v1/setup') send(state.setup)
  else if (path === '/girok/v1/sources') send(state.sources)
  else if (path === '/girok/v1/agents') send(state.agents)
  else if (path.startsWith('/girok/v1/agents/')) {
    const id = path.slice('/girok/v1/agents/'.length)
    state.agents = { ...state.agents, agents: state.agents.agents.filter((agent) => agent.id !== id) }
    response.writeHead(204).end()
  } else if (path === '/girok/v1/fields') send(fields(select(state, filterOf(query), start, end, false, 1000)))
  else if (path === '/girok/v1/patterns') {
    const found = select(state, filterOf(query), start, end, false, 2000)
    const stepMs = Number(/^(\d+)ms$/.exec(url.searchParams.get('step') ?? '')?.[1] ?? 60_000)
    // A full sample stands for many more lines.
    send(patterns(found, found.length < 2000 ? found.length : 36 * found.length, stepMs))
  } else if (path === '/girok/v1/compare') {
    const [from, to] = [url.searchParams.get('baseStart'), url.searchParams.get('baseEnd')]
    const sample = (a: bigint, b: bigint): MockRecord[] => select(state, filterOf(query), a, b, false, 2000)
    send(comparison(sample(start, end), sample(BigInt(from ?? '0'), BigInt(to ?? '0'))))
  } else if (path === '/girok/v1/export') exportAll(query, start, end, url, response, state)
  else if (path === '/girok/v1/sample') {
    const running =
      request.method === 'POST' ? (JSON.parse(await bodyOf(request)) as { running: boolean }).running : false
    state.setup = { ...state.setup, sample: { ...state.setup.sample, running } }
    send(state.setup.sample)
  } else if (path === '/ingest') {
    await bodyOf(request)
    const atMs = Date.now()
    state.setup = {
      ...state.setup,
      receivedRecords: state.setup.receivedRecords + 1,
      first: state.setup.first ?? { receiver: 'ingest', atMs, sender: 'curl 8.5 at 127.0.0.1' },
    }
    send({}, 204)
  } else send({ error: { code: 'not_found', message: `no ${path}`, hint: '' } }, 404)
}

function queryRange(url: URL, query: string, start: bigint, end: bigint, state: MockState, send: Send): void {
  const count = counted(query)
  if (count !== undefined) {
    const stepMs = Number(/^(\d+)ms$/.exec(url.searchParams.get('step') ?? '')?.[1] ?? 1000)
    send({ status: 'success', data: { resultType: 'matrix', result: matrix(count, start, end, stepMs, state) } })
    return
  }
  const limit = Number(url.searchParams.get('limit') ?? 100)
  const forward = url.searchParams.get('direction') === 'forward'
  const found = select(state, filterOf(query), start, end, forward, limit)
  const streams = new Map<string, { stream: unknown; values: unknown[] }>()
  for (const record of found) {
    const key = JSON.stringify(record.labels)
    const stream = streams.get(key) ?? { stream: record.labels, values: [] }
    stream.values.push([String(record.ns), record.line, { structuredMetadata: record.meta }])
    streams.set(key, stream)
  }
  send({
    status: 'success',
    data: {
      resultType: 'streams',
      result: [...streams.values()],
      stats: { summary: { totalLinesProcessed: found.length } },
    },
  })
}

/** Counts per bucket; long ranges are counted by a sample of each bucket and scaled, to be quick. */
function matrix(
  count: { readonly log: string; readonly by: string | undefined },
  start: bigint,
  end: bigint,
  stepMs: number,
  state: MockState,
): unknown[] {
  const keep = filterOf(count.log)
  const step = BigInt(stepMs) * 1_000_000n
  const series = new Map<string, [number, string][]>()
  const nowNs = BigInt(Date.now()) * 1_000_000n
  for (let at = start; at <= end; at += step) {
    const from = at - step
    const inBucket = Number((at < nowNs ? at : nowNs) - from) / Number(state.nsPerRecord)
    if (inBucket <= 0) continue
    const looked = Math.min(200, Math.ceil(inBucket))
    const counts = new Map<string, number>()
    let seen = 0
    for (const record of records(state, from, at, true)) {
      if (seen >= looked) break
      seen += 1
      const key = count.by === undefined ? '' : (record.meta[count.by] ?? record.labels[count.by] ?? '')
      if (keep(record)) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    const scale = seen === 0 ? 1 : Math.max(1, inBucket / looked)
    for (const [key, number] of counts) {
      const points = series.get(key) ?? []
      points.push([Number(at / 1_000_000n) / 1000, String(Math.round(number * scale))])
      series.set(key, points)
    }
  }
  return [...series].map(([key, values]) => ({ metric: count.by === undefined ? {} : { [count.by]: key }, values }))
}

function status(state: MockState): StatusResponse {
  return {
    version: '0.1.0',
    startedMs: Date.now(),
    tenant: 'default',
    scopes: ['ingest', 'query', 'admin'],
    store: { kind: 'chdb', state: 'ready', rows: 1, bytesOnDisk: 1, samples: 0, activeParts: 1 },
    ...(state.empty ? {} : { newestNs: `${Date.now()}000000` }),
  }
}

type Field = FieldsResponse['fields'][number]

function fields(found: readonly MockRecord[]): FieldsResponse {
  const values = new Map<string, { name: string; origin: Field['origin']; counts: Map<string, number> }>()
  const add = (name: string, value: string, origin: Field['origin']): void => {
    const field = values.get(name) ?? { name, origin, counts: new Map<string, number>() }
    field.counts.set(value, (field.counts.get(value) ?? 0) + 1)
    values.set(name, field)
  }
  for (const { labels, meta, line } of found) {
    for (const [name, value] of Object.entries(labels)) add(name, value, 'label')
    for (const [name, value] of Object.entries(meta)) add(name, value, 'metadata')
    const object = jsonOf(line)
    for (const [name, value] of object === undefined ? logfmtOf(line) : flatten(object)) {
      if (name !== 'level') add(name, value, object === undefined ? 'logfmt' : 'json')
    }
  }
  return {
    sampledLines: found.length,
    fields: [...values.values()].map(({ name, origin, counts }) => ({
      name,
      origin,
      type: [...counts.keys()].every((value) => /^-?\d+(\.\d+)?$/.test(value)) ? 'number' : 'string',
      count: [...counts.values()].reduce((sum, count) => sum + count, 0),
      cardinality: counts.size,
      top: [...counts]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 10)
        .map(([value, count]) => ({ value, count })),
    })),
  }
}

function exportAll(
  query: string,
  start: bigint,
  end: bigint,
  url: URL,
  response: ServerResponse,
  state: MockState,
): void {
  const csv = url.searchParams.get('format') === 'csv'
  response.writeHead(200, { 'content-type': csv ? 'text/csv' : 'application/x-ndjson' })
  if (csv) response.write('timestamp,line\n')
  for (const record of select(state, filterOf(query), start, end, true, 1000)) {
    const timestamp = new Date(Number(record.ns / 1_000_000n)).toISOString()
    const line = csv
      ? `${timestamp},"${record.line.replaceAll('"', '""')}"`
      : JSON.stringify({ timestamp, labels: record.labels, line: record.line })
    response.write(`${line}\n`)
  }
  response.end()
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
