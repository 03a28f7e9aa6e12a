import { z } from 'zod'
import type { RecordBatch } from '../../model/batch.ts'
import { labelSet, makeStream, type Stream, UNKNOWN_SERVICE } from '../../model/labels.ts'
import { defineProcessor } from '../processor.ts'

const LABEL = 'service_name'

/** Labels that name the service, best first: Loki's `discover_service_name`. */
export const SERVICE_NAME_LABELS = [
  'service',
  'app',
  'application',
  'app_name',
  'name',
  'app_kubernetes_io_name',
  'container',
  'container_name',
  'k8s_container_name',
  'component',
  'workload',
  'job',
  'k8s_job_name',
] as const

/** Gives every stream the label `service_name`, unless it has one: once for each distinct stream, not for each record. */
export const serviceName = defineProcessor<Record<string, never>>({
  name: 'service-name',
  summary: 'Adds the label service_name, taken from labels such as service, app, container or job',
  options: z.strictObject({}),
  example: {},
  open: () => {
    const named = new WeakMap<Stream, Stream>()
    return (batch) => withServiceNames(batch, named)
  },
})

function withServiceNames(batch: RecordBatch, named: WeakMap<Stream, Stream>): RecordBatch {
  if (batch.streams.every((stream) => stream.labels.has(LABEL))) return batch
  const streams: Stream[] = []
  const indexOfId = new Map<string, number>()
  const moved = batch.streams.map((stream) => {
    const result = nameOf(stream, named)
    let index = indexOfId.get(result.id)
    if (index === undefined) {
      index = streams.push(result) - 1
      indexOfId.set(result.id, index)
    }
    return index
  })
  // Two streams become one when they differed only by having the very label that the other is given.
  if (streams.length === batch.streams.length) return { ...batch, streams }
  const stream = new Uint32Array(batch.stream.length)
  for (let i = 0; i < batch.count; i++) stream[i] = moved[batch.stream[i]!]!
  return { ...batch, streams, stream }
}

function nameOf(stream: Stream, named: WeakMap<Stream, Stream>): Stream {
  if (stream.labels.has(LABEL)) return stream
  let result = named.get(stream)
  if (result === undefined) {
    const source = SERVICE_NAME_LABELS.find((name) => stream.labels.has(name))
    const service = source === undefined ? UNKNOWN_SERVICE : stream.labels.get(source)!
    result = makeStream(stream.tenant, labelSet([...stream.labels, [LABEL, service]]))
    named.set(stream, result)
  }
  return result
}
