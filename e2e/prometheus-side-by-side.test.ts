/** The same samples in Debian's Prometheus and in Girok: hundreds of queries have to give equal answers. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeSnappyBlock } from '../packages/server/src/ingest/testing/encoders.ts'
import { encodeWriteV1 } from '../packages/server/src/ingest/testing/remote-write.ts'
import { remoteWrite, startPrometheus, type TestPrometheus } from './prometheus.ts'
import { queriesFrom, REFUSED } from './promql-queries.ts'
import { COUNT, randomSamples, STEP_MS } from './promql-samples.ts'
import { randomFrom } from './random.ts'
import { QUIET, startServer, type TestServer, UNLIMITED } from './server.ts'

/** One seed unless told: a query whose answer is the noise of rounding is not this test's to find. */
const SEED = Number(process.env.GIROK_TEST_SEED ?? 3)
const QUERIES = Number(process.env.GIROK_TEST_QUERIES ?? 300)
/** Queries that both answer at one time. */
const AT_ONCE = 4
/** Relative; sums are added up in another order. */
const TOLERANCE = 1e-7

let prometheus: TestPrometheus
let girok: TestServer
/** A whole hour, so that subqueries of both have the same steps. */
const startMs = Math.floor((Date.now() - COUNT * STEP_MS) / 60_000) * 60_000
const endMs = startMs + COUNT * STEP_MS

interface Answer {
  readonly status: number
  readonly body: string
  readonly data?: { readonly resultType: string; readonly result: unknown }
}

beforeAll(async () => {
  prometheus = await startPrometheus('global: {}', [
    '--web.enable-remote-write-receiver',
    '--enable-feature=promql-at-modifier',
  ])
  const same = ['telemetry.ownMetrics=false', 'query.promql.delayedNameRemoval=false'].flatMap((one) => ['--set', one])
  girok = await startServer({ args: [...QUIET, ...UNLIMITED, ...same] })
  console.log(`GIROK_TEST_SEED=${SEED}`)
  const body = encodeSnappyBlock(encodeWriteV1(randomSamples(randomFrom(SEED), startMs)))
  await Promise.all([remoteWrite(prometheus.url, body), remoteWrite(girok.url, body)])
}, 60_000)

afterAll(async () => {
  await prometheus.dispose()
  await girok.dispose()
})

async function ask(url: string, path: string, params: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(params) })
  const body = await response.text()
  return { status: response.status, body, ...(response.ok && { data: JSON.parse(body).data }) }
}

interface Row {
  readonly metric: Record<string, string>
  readonly value?: readonly [number, string]
  readonly values?: readonly (readonly [number, string])[]
}

/** Why two answers differ; undefined when they do not. */
function difference(theirs: Answer, ours: Answer, ordered: boolean): string | undefined {
  if (theirs.data === undefined || ours.data === undefined) {
    if (theirs.status === ours.status) return undefined
    return `${theirs.status} ${theirs.body.slice(0, 200)} but ${ours.status} ${ours.body.slice(0, 200)}`
  }
  if (theirs.data.resultType !== ours.data.resultType) return `${theirs.data.resultType} but ${ours.data.resultType}`
  const [left, right] = [theirs.data.result, ours.data.result] as [Row[], Row[]]
  if (theirs.data.resultType === 'scalar' || theirs.data.resultType === 'string') {
    const [a, b] = [left, right] as unknown as [[number, string], [number, string]]
    return a[0] === b[0] && (a[1] === b[1] || isClose(a[1], b[1])) ? undefined : `${a} but ${b}`
  }
  const key = ({ metric }: Row) => JSON.stringify(Object.entries(metric).sort())
  if (!ordered) for (const rows of [left, right]) rows.sort((a, b) => (key(a) < key(b) ? -1 : 1))
  if (JSON.stringify(left.map(key)) !== JSON.stringify(right.map(key))) {
    return `series ${left.map(key).join(' ').slice(0, 300)} but ${right.map(key).join(' ').slice(0, 300)}`
  }
  for (const [i, row] of left.entries()) {
    const [a, b] = [row, right[i] as Row].map(
      ({ value, values }) => values ?? (value === undefined ? [] : [value]),
    ) as [readonly (readonly [number, string])[], readonly (readonly [number, string])[]]
    if (a.length !== b.length) return `${key(row)}: ${a.length} points but ${b.length}`
    for (const [n, [time, value]] of a.entries()) {
      const [ownTime, own] = b[n] as readonly [number, string]
      if (time !== ownTime || !isClose(value, own)) return `${key(row)} at ${time}: ${value} but at ${ownTime}: ${own}`
    }
  }
  return undefined
}

function isClose(a: string, b: string): boolean {
  if (a === b) return true
  const [x, y] = [a, b].map((text) => Number(text.replace('Inf', 'Infinity'))) as [number, number]
  return Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y), 1e-6)
}

/** Equal values may come in any order where values sort. */
const ORDERED = /^(?:sort|sort_desc)\((?:temperature|requests_total)\)$/

async function differences(
  path: string,
  queries: readonly string[],
  params: Record<string, string>,
): Promise<string[]> {
  const found: string[] = []
  const waiting = [...queries]
  const compareSome = async () => {
    for (let query = waiting.pop(); query !== undefined; query = waiting.pop()) {
      const newer = query.replaceAll('holt_winters', 'double_exponential_smoothing')
      const [theirs, ours] = await Promise.all([
        ask(prometheus.url, path, { ...params, query }),
        ask(girok.url, path, { ...params, query: newer }),
      ])
      const why = difference(theirs, ours, ORDERED.test(query) && path === 'query')
      if (why !== undefined) found.push(`${query}\n  ${why}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, compareSome))
  return found
}

/** Half seconds: neither samples nor the steps of subqueries stand at the border of a range. */
const half = (ms: number) => String(Math.floor(ms / 1000) + 0.5)

test('instant queries', async () => {
  const queries = queriesFrom(randomFrom(SEED + 1), QUERIES)
  const time = half(startMs + (endMs - startMs) * 0.7)
  expect(await differences('query', queries, { time })).toEqual([])
})

test('range queries', async () => {
  const queries = queriesFrom(randomFrom(SEED + 2), QUERIES)
  const range = { start: half(startMs - 400_000), end: half(endMs + 400_000), step: '97' }
  expect(await differences('query_range', queries, range)).toEqual([])
})

test('what is refused', async () => {
  const time = half(endMs - 60_000)
  expect(await differences('query', REFUSED, { time })).toEqual([])
  const range = { start: half(endMs - 600_000), end: half(endMs), step: '60' }
  expect(await differences('query_range', REFUSED, range)).toEqual([])
})

test('labels, values and series', async () => {
  const span = { start: String(startMs / 1000), end: String(endMs / 1000) }
  const both = async (path: string, params: readonly (readonly [string, string])[] = []) => {
    const search = new URLSearchParams([...Object.entries(span), ...params.map(([name, value]) => [name, value])])
    const [theirs, ours] = await Promise.all(
      [prometheus.url, girok.url].map(
        async (url) => (await (await fetch(`${url}/api/v1/${path}?${search}`)).json()).data,
      ),
    )
    return { theirs, ours }
  }
  for (const [path, ...selectors] of [
    ['labels'],
    ['labels', 'up'],
    ['labels', 'up', 'job_info{job="db"}'],
    ['label/__name__/values'],
    ['label/job/values', '{code="500"}'],
    ['label/nothing/values'],
    ['series', 'up{job="web"}'],
    ['series', 'temperature', '{job=~"d.",code!=""}'],
    ['series', 'nothing'],
  ] as const) {
    const { theirs, ours } = await both(
      path,
      selectors.map((selector) => ['match[]', selector]),
    )
    const sorted = (rows: unknown[]) => rows.map((row) => JSON.stringify(Object.entries(row as object).sort())).sort()
    expect(path === 'series' ? sorted(ours) : ours, `${path} ${selectors}`).toEqual(
      path === 'series' ? sorted(theirs) : theirs,
    )
  }
})

test('federation tells the same', async () => {
  // Only what is young enough counts, and both look at their own clock.
  const fresh = Date.now() - 30_000
  const labels = { b: '{le="0.5",quantile="x"}', c: 'quote " back \\ line \n end', job: 'fed' }
  const series = [1.5, 1e9, 1e-7, Number.NaN, Number.POSITIVE_INFINITY, 123_456_789, 0].map((value, i) => ({
    labels: Object.entries({
      __name__: `fed_${i % 2}`,
      n: String(i),
      ...labels,
      ...(i === 2 && { instance: 'i' }),
    }).sort(([a], [b]) => (a < b ? -1 : 1)),
    samples: [[fresh, value]] as const,
  }))
  const body = encodeSnappyBlock(encodeWriteV1(series))
  await Promise.all([remoteWrite(prometheus.url, body), remoteWrite(girok.url, body)])
  const [theirs, ours] = await Promise.all(
    [prometheus.url, girok.url].map(async (url) => {
      const response = await fetch(`${url}/federate?${new URLSearchParams({ 'match[]': '{job="fed"}' })}`)
      expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
      return (await response.text()).split('\n').sort()
    }),
  )
  expect(ours).toEqual(theirs)
  expect(ours).toHaveLength(10)
})
