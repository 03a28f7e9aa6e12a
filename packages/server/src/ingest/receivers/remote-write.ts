import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { ProtobufReader } from '../decode/protobuf.ts'
import { decodeSnappyBlock } from '../decode/snappy.ts'
import { Delivery } from '../delivery.ts'
import { headerOf } from '../headers.ts'
import { refusal } from '../intake.ts'
import type { AssembledSamples } from '../prometheus/sample-assembler.ts'
import { deliverSamples } from '../prometheus/sample-delivery.ts'
import { decodeWriteV1 } from '../prometheus/write-v1.ts'
import { decodeWriteV2 } from '../prometheus/write-v2.ts'
import { defineReceiver, type ReceiverContext, type ReceiverRequest, type ReceiverResponse } from '../receiver.ts'

const NAME = 'remote-write'
const PLAIN = 'text/plain; charset=utf-8'
const V1 = 'prometheus.WriteRequest'
const V2 = 'io.prometheus.write.v2.Request'
/** When to send again, where the error does not say. */
const RETRY_SECONDS = 5
/** A sample with its share of labels takes hardly less than this on the wire. */
const BYTES_PER_SAMPLE = 18

/**
 * Prometheus' remote write, versions 1.0 and 2.0. Stores what is valid and answers 400, which senders do not repeat, with
 * one line for each kind of fault when some of it was not; 5xx, which they repeat, means that nothing was stored. A full
 * queue is a 503 rather than a 429, because Prometheus by default throws away what was answered with 429.
 */
export const remoteWrite = defineReceiver<Record<string, never>>({
  name: NAME,
  summary: "Prometheus' remote write 1.0 and 2.0 (Prometheus, agents, Alloy, vmagent, Telegraf)",
  options: z.strictObject({}),
  // One sample of demo_up, value 1, at the time of now: a snappy block of one literal, the time as a varint of six bytes.
  example: String.raw`t=$(($(date +%s) * 1000)); while [ $t -ge 128 ]; do v="$v$(printf '\\%03o' $((t % 128 + 128)))"; t=$((t / 128)); done; v="$v$(printf '\\%03o' $t)"; printf '\051\240\012\047\012\023\012\010__name__\022\007demo_up\022\020\011\000\000\000\000\000\000\360\077\020'"$v" | curl -fsS "$URL/api/v1/write" -H 'Content-Type: application/x-protobuf' -H 'Content-Encoding: snappy' --data-binary @-`,
  snippets: [
    {
      title: 'Prometheus (prometheus.yml)',
      language: 'yaml',
      text: 'remote_write:\n  - url: $URL/api/v1/write\n',
    },
    {
      title: 'Grafana Alloy',
      language: 'alloy',
      text: 'prometheus.remote_write "girok" {\n  endpoint {\n    url = "$URL/api/v1/write"\n  }\n}\n',
    },
  ],
  open: (_options, context) => {
    const delivery = new Delivery(NAME, context)
    const routes = ['/api/v1/write', '/prometheus/api/v1/write', '/api/v1/push'].map((path) => ({
      method: 'POST' as const,
      path,
      refuse,
      handle: (request: ReceiverRequest) => handle(request, context, delivery),
    }))
    return { routes }
  },
})

async function handle(
  request: ReceiverRequest,
  context: ReceiverContext,
  delivery: Delivery,
): Promise<ReceiverResponse> {
  const { tenant } = request
  try {
    const isV2 = messageOf(request) === V2
    const assembled = await delivery.decoded(() => decode(request, context, isV2))
    await deliverSamples(context, assembled)
    const response = answer(assembled, isV2)
    if (response.status !== 204) delivery.remember(tenant, response.status, assembled.refusals.text())
    return response
  } catch (error) {
    if (!(error instanceof GirokError)) throw error
    const refused = refuse(error)
    delivery.remember(tenant, refused.status, error.message)
    return refused
  }
}

function decode(request: ReceiverRequest, { limits, samples }: ReceiverContext, isV2: boolean): AssembledSamples {
  const body = decodeSnappyBlock(request.body, limits.maxDecompressedBytes)
  const reader = new ProtobufReader(body)
  const assembler = samples.assembler(request.tenant, NAME, body.length / BYTES_PER_SAMPLE)
  const options = { tenant: request.tenant, resolver: samples.resolver }
  if (isV2) decodeWriteV2(reader, assembler, options)
  else decodeWriteV1(reader, assembler, options)
  return assembler.finish()
}

/** The protobuf message that the body claims to be. Throws `unsupported_media` with what may be sent instead. */
function messageOf(request: ReceiverRequest): string {
  const encoding = headerOf(request, 'content-encoding').toLowerCase()
  if (encoding !== '' && encoding !== 'snappy') {
    throw new GirokError(
      'unsupported_media',
      `Content-Encoding ${JSON.stringify(encoding.slice(0, 60))} not supported: send snappy (block format)`,
    )
  }
  const [type = '', ...parameters] = headerOf(request, 'content-type').split(';')
  const mediaType = type.trim().toLowerCase()
  const proto = parameters
    .map((parameter) => /^\s*proto\s*=\s*"?([^"\s]*)"?\s*$/i.exec(parameter)?.[1])
    .find((value) => value !== undefined)
  // Senders of the first days send no type at all.
  if (mediaType !== '' && mediaType !== 'application/x-protobuf') {
    throw new GirokError(
      'unsupported_media',
      `Content-Type ${JSON.stringify(mediaType.slice(0, 100))} not supported: send application/x-protobuf`,
    )
  }
  const message = proto ?? V1
  if (message !== V1 && message !== V2) {
    throw new GirokError(
      'unsupported_media',
      `Content-Type proto=${message.slice(0, 100)} not supported: send ${V1} or ${V2}`,
    )
  }
  return message
}

/** What was stored, in the headers that version 2 asks for. */
function answer({ batch, refusals }: AssembledSamples, isV2: boolean): ReceiverResponse {
  const headers = isV2 ? written(batch.count, batch.exemplars?.length ?? 0) : {}
  if (refusals.total === 0) return { status: 204, headers }
  return { status: 400, headers: { ...headers, 'content-type': PLAIN }, body: `${refusals.text()}\n` }
}

function written(samples: number, exemplars: number): Record<string, string> {
  return {
    'x-prometheus-remote-write-samples-written': String(samples),
    'x-prometheus-remote-write-histograms-written': '0',
    'x-prometheus-remote-write-exemplars-written': String(exemplars),
  }
}

/** Nothing was stored. */
function refuse(error: GirokError): ReceiverResponse {
  const status = error.code === 'overloaded' || error.code === 'disk_full' ? 503 : error.status
  const refused = refusal(error, { status, contentType: PLAIN, body: `${error.message}\n` })
  const wait = status === 503 ? { 'retry-after': String(RETRY_SECONDS) } : {}
  return { ...refused, headers: { ...wait, ...refused.headers, ...written(0, 0) } }
}
