import { expect, test } from 'vitest'
import { ProtobufReader } from '../../ingest/decode/protobuf.ts'
import { bytesField, numberField } from '../../ingest/write-protobuf.ts'
import { labelSet } from '../../model/labels.ts'
import { bitsOf, isStaleMarker, setStaleMarker } from '../../model/sample-batch.ts'
import { decodeReadRequest, encodeReadResponse, encodeReadSeries } from './read-message.ts'

const matcher = (type: number, name: string, value: string) =>
  bytesField(
    3,
    Buffer.concat([type === 0 ? Buffer.of() : numberField(1, type), bytesField(2, name), bytesField(3, value)]),
  )
/** A varint of ten bytes: how protobuf has negative numbers. */
const minusOne = Buffer.from([...Array(9).fill(255), 1])

test('a request', () => {
  const query = Buffer.concat([
    numberField(1, 1000),
    numberField(2, 1_795_303_574_004),
    matcher(0, '__name__', 'up'),
    matcher(3, 'job', 'a|b'),
    // Hints, which are of no use here.
    bytesField(4, numberField(1, 60_000)),
  ])
  const open = Buffer.concat([Buffer.of(0x08), minusOne, numberField(2, 5), matcher(2, 'a', '.+')])
  const request = Buffer.concat([bytesField(1, query), bytesField(1, open), numberField(2, 1)])
  expect(
    decodeReadRequest(request).map(({ matchers, ...rest }) => ({
      ...rest,
      matchers: matchers.map(({ name, op, value }) => `${name}${op}${value}`),
    })),
  ).toEqual([
    { startMs: 1000, endMs: 1_795_303_574_004, matchers: ['__name__=up', 'job!~a|b'] },
    { startMs: 0, endMs: 5, matchers: ['a=~.+'] },
  ])
  expect(() => decodeReadRequest(bytesField(1, matcher(4, 'a', 'b')))).toThrow('a matcher of the unknown type 4')
  expect(() => decodeReadRequest(Buffer.of(0x0a, 0x7f))).toThrow('runs over the end')
})

test('a response, with the bits of every value', () => {
  const times = Float64Array.of(0, 127, 128, 1_795_303_574_004)
  const values = Float64Array.of(-0, 1.5, 0, Number.POSITIVE_INFINITY)
  setStaleMarker(bitsOf(values), 2)
  const labels = labelSet([
    ['__name__', 'up'],
    ['job', '한글'],
  ])
  const response = encodeReadResponse([[], [encodeReadSeries(labels, { times, values })]])
  const reader = new ProtobufReader(response)
  expect(reader.next()).toBe(1)
  expect(reader.stop - reader.start).toBe(0)
  expect(reader.next()).toBe(1)
  reader.enter('results')
  expect(reader.next()).toBe(1)
  reader.enter('timeseries')
  const pairs: string[] = []
  const samples: [time: number, value: string][] = []
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    const outer = reader.enter('part')
    reader.next()
    if (field === 1) {
      const name = reader.text('name')
      reader.next()
      pairs.push(`${name}=${reader.text('value')}`)
    } else {
      const value = response.subarray(reader.position - 8, reader.position)
      const column = new Float64Array(new Uint8Array(value).buffer)
      reader.next()
      samples.push([reader.value, isStaleMarker(bitsOf(column), 0) ? 'stale' : value.readDoubleLE().toString()])
      expect(Object.is(column[0], -0)).toBe(samples.length === 1)
    }
    reader.leave(outer)
  }
  expect(pairs).toEqual(['__name__=up', 'job=한글'])
  expect(samples).toEqual([
    [0, '0'],
    [127, '1.5'],
    [128, 'stale'],
    [1_795_303_574_004, 'Infinity'],
  ])
})
