import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FieldWalker } from '../encode/field-walker.ts'
import { LogsEncoder } from '../encode/logs-encoder.ts'
import { SamplesEncoder } from '../encode/samples-encoder.ts'
import { answer, farEnd } from './testing/far-end.ts'
import { lines, samples, shipping } from './testing/shipping.ts'

/** Fields of a message by number: numbers, or bytes; each as often as it comes. */
function fieldsOf(bytes: Buffer): Record<number, (Buffer | number)[]> {
  const fields: Record<number, (Buffer | number)[]> = {}
  const walker = new FieldWalker(bytes)
  for (let field = walker.next(); field !== 0; field = walker.next()) {
    fields[field] = [...(fields[field] ?? []), walker.content]
  }
  return fields
}

/** The messages that stand at a path of field numbers. */
function at(bytes: Buffer, ...path: number[]): Buffer[] {
  return path.reduce<Buffer[]>(
    (found, field) => found.flatMap((one) => (fieldsOf(one)[field] ?? []) as Buffer[]),
    [bytes],
  )
}

function attributes(bytes: Buffer, field: number): Record<string, string> {
  return Object.fromEntries(at(bytes, field).map((pair) => [`${at(pair, 1)[0]}`, `${at(pair, 2, 1)[0]}`]))
}

describe('otlp', () => {
  it('sends streams as resources and lines as log records', async () => {
    await using end = await farEnd()
    await using ship = await shipping({ type: 'otlp', url: end.url })
    const encoder = new LogsEncoder()
    const api = new Map([['service_name', 'api'], ['job', 'shop/api'], ['host', '서울']]) // biome-ignore format: pairs
    const job = new Map([['job', 'nightly'], ['level', 'WARN']]) // biome-ignore format: pairs
    const metadata = [['detected_level', 'error'], ['trace_id', '0af7651916cd43dd8448eb211c80319c'], ['span_id', 'b7ad6b7169203331'], ['pod', 'p-1']] as const // biome-ignore format: pairs
    encoder.add(api, 1_763_755_200_123_456_789n, 'él fallo 실패', metadata)
    encoder.add(job, 5n, '')
    await ship.spool.append({ kind: 'logs', count: 2, payload: encoder.finish(), positions: [] })
    await ship.delivered()
    const [seen] = end.seen
    expect(seen?.url).toBe('/v1/logs')
    expect(seen?.headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' })
    const [first, second] = at(gunzipSync(seen!.body), 1) as [Buffer, Buffer]
    expect(attributes(at(first, 1)[0]!, 1)).toEqual({ 'service.name': 'api', job: 'shop/api', host: '서울' })
    expect(attributes(at(second, 1)[0]!, 1)).toEqual({ 'service.name': 'nightly', job: 'nightly', level: 'WARN' })
    const record = fieldsOf(at(first, 2, 2)[0]!)
    expect((record[1]![0] as Buffer).readBigUInt64LE()).toBe(1_763_755_200_123_456_789n)
    expect([record[2]![0], `${record[3]![0]}`]).toEqual([17, 'error'])
    expect(`${at(record[5]![0] as Buffer, 1)[0]}`).toBe('él fallo 실패')
    expect((record[9]![0] as Buffer).toString('hex')).toBe('0af7651916cd43dd8448eb211c80319c')
    expect((record[10]![0] as Buffer).toString('hex')).toBe('b7ad6b7169203331')
    expect(attributes(at(first, 2, 2)[0]!, 6)).toEqual({ detected_level: 'error', pod: 'p-1' })
    const other = fieldsOf(at(second, 2, 2)[0]!)
    expect([other[2]![0], `${other[3]![0]}`, (at(other[5]![0] as Buffer, 1)[0] as Buffer).length]).toEqual([
      13,
      'WARN',
      0,
    ])
  })

  it('sends samples as sums and gauges, and the ends of series', async () => {
    await using end = await farEnd()
    await using ship = await shipping({ type: 'otlp', url: end.url })
    const encoder = new SamplesEncoder()
    const series = (name: string, more: [string, string][] = []) =>
      new Map([['__name__', name], ['job', 'node'], ['instance', 'a:9100'], ...more]) // biome-ignore format: pairs
    const exemplar = { labels: new Map([['trace_id', '0af7651916cd43dd8448eb211c80319c'], ['u', 'x']]), value: 0.25, timeMs: 1000 } // biome-ignore format: one line
    encoder.add({ labels: series('http_requests_total', [['code', '200']]), value: 7, timeMs: 1000, exemplar })
    encoder.add({ labels: series('http_requests_total', [['code', '500']]), value: 1, timeMs: 1000 })
    encoder.add({ labels: series('temperature'), value: -3.5, timeMs: 1000 })
    encoder.add({ labels: series('jobs_count'), value: 4, timeMs: 1000 })
    encoder.add({ labels: series('gone'), value: 0, timeMs: 2000, stale: true })
    encoder.add({ labels: new Map([['__name__', 'bare']]), value: 1, timeMs: 1000 })
    encoder.describe({ metric: 'jobs_count', type: 'gauge', help: '', unit: '' })
    await ship.spool.append({ kind: 'samples', count: 6, payload: encoder.finish(), positions: [] })
    await ship.delivered()
    expect(end.seen[0]?.url).toBe('/v1/metrics')
    const [node, bare] = at(gunzipSync(end.seen[0]!.body), 1) as [Buffer, Buffer]
    expect(attributes(at(node, 1)[0]!, 1)).toEqual({ 'service.name': 'node', 'service.instance.id': 'a:9100' })
    expect(attributes(at(bare, 1)[0]!, 1)).toEqual({})
    const metrics = new Map(at(node, 2, 2).map((metric) => [`${at(metric, 1)[0]}`, fieldsOf(metric)]))
    expect([...metrics.keys()]).toEqual(['http_requests_total', 'temperature', 'jobs_count', 'gone'])
    const sum = fieldsOf(metrics.get('http_requests_total')![7]![0] as Buffer)
    expect([sum[2]![0], sum[3]![0]]).toEqual([2, 1])
    const points = sum[1] as Buffer[]
    expect(
      points.map((point) => [attributes(point, 7).code, (fieldsOf(point)[4]![0] as Buffer).readDoubleLE()]),
    ).toEqual([
      ['200', 7],
      ['500', 1],
    ])
    expect((fieldsOf(points[0]!)[3]![0] as Buffer).readBigUInt64LE()).toBe(1_000_000_000n)
    const found = fieldsOf(at(points[0]!, 5)[0]!)
    expect((found[5]![0] as Buffer).toString('hex')).toBe('0af7651916cd43dd8448eb211c80319c')
    expect(attributes(at(points[0]!, 5)[0]!, 7)).toEqual({ u: 'x' })
    // Its description says that it is no counter, whatever its name does.
    expect(metrics.get('jobs_count')![5]).toHaveLength(1)
    const gone = fieldsOf(at(metrics.get('gone')![5]![0] as Buffer, 1)[0]!)
    expect([gone[8]![0], gone[4]]).toEqual([1, undefined])
  })

  it('counts what a partial success has refused, and reads errors in protobuf', async () => {
    const type = { 'content-type': 'application/x-protobuf' }
    const partial = Buffer.from('0a0b08021207746f6f206f6c64', 'hex')
    await using end = await farEnd([
      answer(200, partial, type),
      answer(400, Buffer.from('08031203626164', 'hex'), type),
    ])
    await using ship = await shipping({ type: 'otlp', url: `${end.url}/v1/logs` })
    await ship.spool.append(lines('a', 'b', 'c'))
    await ship.delivered()
    expect(ship.status()).toMatchObject({ rejected: 2, lastRejection: 'refuses some: too old', sent: { lines: 1 } })
    await ship.spool.append(samples(1))
    await ship.delivered()
    expect(ship.status()).toMatchObject({ rejected: 3, lastRejection: 'answers 400: bad' })
  })
})
