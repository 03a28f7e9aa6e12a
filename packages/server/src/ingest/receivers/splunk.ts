import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { firstToken, schemeToken } from '../credentials.ts'
import type { Instant } from '../decode/instant.ts'
import { parseEpoch } from '../decode/time-text.ts'
import { headerOf } from '../headers.ts'
import { Intake, textBodyOf } from '../intake.ts'
import {
  defineReceiver,
  type FindToken,
  type ReceiverContext,
  type ReceiverRequest,
  type ReceiverResponse,
  type ReceiverRoute,
} from '../receiver.ts'
import { channelOf, readAckQuery } from '../splunk/ack-query.ts'
import { HecError, hecAnswer, renderHecError } from '../splunk/answer.ts'
import { AckChannels } from '../splunk/channels.ts'
import { EventDecoder } from '../splunk/events.ts'
import { decodeRaw } from '../splunk/raw.ts'

const NAME = 'splunk'
const BASE = '/services/collector'
const EVENT_PATHS = [BASE, `${BASE}/event`, `${BASE}/event/1.0`]
const RAW_PATHS = [`${BASE}/raw`, `${BASE}/raw/1.0`]

const splunkToken = schemeToken('Splunk')
const queryToken: FindToken = (_headers, query) => query.get('token') ?? undefined

/**
 * Splunk's HTTP event collector. 200 {"code":0} when the events are stored, with `rejected` and `detail` when some of them
 * were above a limit: clients send the whole request again after any other answer. All other answers mean that nothing
 * of the request was stored; 503 {"code":9} that it may be sent again.
 */
export const splunk = defineReceiver<Record<string, never>>({
  name: NAME,
  summary: 'Splunk HTTP event collector (HEC): Docker, Fluent Bit, Vector, OpenTelemetry, Cribl and other clients',
  options: z.strictObject({}),
  example: `curl -fsS "$URL/services/collector/event" -H 'Authorization: Splunk TOKEN' -d '{"host":"web-1","sourcetype":"demo","event":"hello from curl"}'`,
  snippets: [
    {
      title: 'Docker',
      language: 'sh',
      text: 'docker run --log-driver splunk --log-opt splunk-url=$URL --log-opt splunk-token=TOKEN --log-opt splunk-gzip=true IMAGE',
    },
    {
      title: 'Fluent Bit',
      language: 'ini',
      text: '[OUTPUT]\n    Name         splunk\n    Match        *\n    Host         $HOST\n    Port         4100\n    Splunk_Token TOKEN\n    TLS          Off',
    },
    {
      title: 'OpenTelemetry collector',
      language: 'yaml',
      text: 'exporters:\n  splunk_hec:\n    endpoint: $URL/services/collector\n    token: TOKEN',
    },
  ],
  open: (_options, context) => {
    const intake = new Intake(NAME, context, renderHecError)
    const directory = new StreamDirectory()
    const channels = new AckChannels()
    const refuse = (error: GirokError) => intake.refuse(error)

    function receiving(path: string, raw: boolean): ReceiverRoute {
      return {
        method: 'POST',
        path,
        // A token in an address ends up in logs of proxies; Splunk's clients of the raw form know nothing else.
        token: raw ? firstToken(splunkToken, queryToken) : splunkToken,
        refuse,
        handle: (request) =>
          intake.handle(
            request,
            () => decode(request, raw, context, directory),
            (assembled) => respond(request, assembled, channels),
          ),
      }
    }
    const open = (path: string, method: ReceiverRoute['method'], answer: () => ReceiverResponse): ReceiverRoute => {
      return { method, path, access: 'open', refuse, handle: answer }
    }
    return {
      routes: [
        ...EVENT_PATHS.map((path) => receiving(path, false)),
        ...RAW_PATHS.map((path) => receiving(path, true)),
        {
          method: 'POST',
          path: `${BASE}/ack`,
          token: splunkToken,
          refuse,
          handle: (request) => acknowledged(request, context, channels, refuse),
        },
        // Docker asks so whether there is a collector, and starts no container otherwise.
        ...[...EVENT_PATHS, ...RAW_PATHS].map((path) =>
          open(path, 'OPTIONS', () => ({ status: 200, headers: { allow: 'POST, OPTIONS' } })),
        ),
        ...[`${BASE}/health`, `${BASE}/health/1.0`].map((path) => open(path, 'GET', () => hecAnswer('healthy'))),
      ],
    }
  },
})

async function decode(
  request: ReceiverRequest,
  raw: boolean,
  { limits, now }: ReceiverContext,
  directory: StreamDirectory,
): Promise<Assembled> {
  const { tenant, query } = request
  channelOfRequest(request)
  const body = await textBodyOf(request, limits)
  const nowMs = now()
  const assembler = new Assembler(tenant, NAME, body, limits, nowMs)
  const given = (name: string) => query.get(name) ?? ''
  const defaults = {
    host: given('host'),
    source: given('source'),
    sourcetype: given('sourcetype'),
    index: given('index'),
  }
  const options = { tenant, limits, directory, nowMs, defaults, time: timeOf(given('time')) }
  const records = raw ? decodeRaw(body, assembler, options) : new EventDecoder(body, assembler, options).decode()
  if (records === 0) throw new HecError('noData', 'the body holds no events')
  return assembler.finish()
}

function respond(request: ReceiverRequest, { batch, refusals }: Assembled, channels: AckChannels): ReceiverResponse {
  if (batch.count === 0) throw new HecError('invalidFormat', refusals.text())
  const channel = channelOfRequest(request)
  return hecAnswer('success', {
    ...(channel !== undefined && { ackId: channels.acknowledge(request.tenant, channel) }),
    ...(refusals.total > 0 && { rejected: refusals.total, detail: refusals.text() }),
  })
}

async function acknowledged(
  request: ReceiverRequest,
  { limits }: ReceiverContext,
  channels: AckChannels,
  refuse: (error: GirokError) => ReceiverResponse,
): Promise<ReceiverResponse> {
  try {
    const channel = channelOfRequest(request)
    if (channel === undefined) {
      throw new HecError('channelMissing', 'name the channel by ?channel= or the header X-Splunk-Request-Channel')
    }
    const numbers = readAckQuery(await textBodyOf(request, limits))
    const headers = { 'content-type': 'application/json; charset=UTF-8' }
    const acks = channels.query(request.tenant, channel, numbers)
    return { status: 200, headers, body: JSON.stringify({ acks }) }
  } catch (error) {
    if (error instanceof GirokError) return refuse(error)
    throw error
  }
}

function channelOfRequest(request: ReceiverRequest): string | undefined {
  return channelOf(headerOf(request, 'x-splunk-request-channel'), request.query)
}

function timeOf(text: string): Instant | undefined {
  if (text === '') return undefined
  const time = parseEpoch(text)
  if (time !== undefined) return time
  throw new HecError('invalidFormat', `time ${JSON.stringify(text.slice(0, 60))} is not a number of seconds since 1970`)
}
