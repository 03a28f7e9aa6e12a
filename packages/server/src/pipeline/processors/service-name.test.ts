import { expect, it } from 'vitest'
import { batchOf, streamOf } from '../testing/batches.ts'
import { serviceName } from './service-name.ts'

it('names streams by the first label that names a service', () => {
  const sets: [Record<string, string>, string][] = [
    [{ service_name: 'own', service: 's' }, 'own'],
    [{ job: 'j', app: 'a', name: 'n' }, 'a'],
    [{ container_name: 'c', k8s_job_name: 'k' }, 'c'],
    [{ job: 'j', host: 'h' }, 'j'],
    [{ host: 'h' }, 'unknown_service'],
  ]
  const batch = serviceName.open({})(
    batchOf(
      sets.map(() => 'x'),
      { streams: sets.map(([labels]) => streamOf(labels)) },
    ),
  )
  for (const [i, [labels, service]] of sets.entries()) {
    const stream = batch.streams[batch.stream[i]!]!
    expect(Object.fromEntries(stream.labels)).toEqual({ ...labels, service_name: service })
    expect(stream).toEqual(streamOf({ ...labels, service_name: service }))
  }
})

it('makes each stream once, over all batches', () => {
  const process = serviceName.open({})
  const streams = [streamOf({ app: 'x' })]
  expect(process(batchOf(['a'], { streams })).streams[0]).toBe(process(batchOf(['b'], { streams })).streams[0])
})

it('joins two streams that become one', () => {
  const plain = streamOf({ app: 'x' })
  const named = streamOf({ app: 'x', service_name: 'x' })
  const batch = serviceName.open({})(batchOf(['a', 'b', 'c'], { streams: [plain, named, streamOf({ app: 'y' })] }))
  expect(batch.streams.map(({ text }) => text)).toEqual([named.text, '{app="y", service_name="y"}'])
  expect([...batch.stream.subarray(0, 3)]).toEqual([0, 0, 1])
})
