import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { bytes, flag, list } from '../../model/options/kinds.ts'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { decodeContent } from '../decode/content-encoding.ts'
import { validUtf8 } from '../decode/utf8.ts'
import { Datagrams } from '../gelf/datagrams.ts'
import { MessageDecoder } from '../gelf/message-decoder.ts'
import { packingOf } from '../gelf/unpack.ts'
import { headerOf } from '../headers.ts'
import { Intake } from '../intake.ts'
import { DelimitedFrames } from '../listen/delimited-frames.ts'
import { type FrameBatch, FrameQueue } from '../listen/frame-queue.ts'
import { framedConnection, frameTooLong } from '../listen/framed-connection.ts'
import { datagramOptions, streamOptions } from '../listen/options.ts'
import { defineReceiver, type ReceiverRequest } from '../receiver.ts'

const NAME = 'gelf'
const NUL = 0
const ENCODING_OF = { plain: '', gzip: 'gzip', zlib: 'deflate', zstd: 'zstd' } as const

const options = z.strictObject({
  udp: datagramOptions(12_201, 'GELF over UDP: plain, gzip, zlib, zstd, in chunks.'),
  tcp: streamOptions(12_201, 'GELF over TCP or TLS: messages that end with a NUL.', { maxFrame: '2MiB' }),
  labels: list({ allowed: 'names of fields without their underscore', pattern: /^[^_].{0,255}$/s }, [
    'container_name',
    'service_name',
    'app',
  ]).describe('Additional fields that become labels, besides host; all others become structured metadata.'),
  strict: flag(false).describe(
    'Refuses messages without version 1.0 or 1.1 or without host, as the specification wants; else both may be missing.',
  ),
  maxMessageBytes: bytes('2MiB', { min: '1KiB' }).describe('Bytes of one message of UDP once it is decompressed.'),
  maxChunkBytes: bytes('8MiB', { min: '64KiB' }).describe(
    'Bytes of messages of UDP whose chunks have not all come; one sender may have a quarter of them.',
  ),
})

/**
 * Graylog's extended log format by HTTP, TCP and UDP. HTTP answers 202 when everything was stored, else an error with
 * its reason as text; messages by TCP and UDP have no answer.
 */
export const gelf = defineReceiver<z.output<typeof options>>({
  name: NAME,
  summary: 'GELF over HTTP at /gelf, TCP and UDP: Docker’s gelf driver, clients of Graylog',
  options,
  example: `curl -fsS "$URL/gelf" -d '{"version":"1.1","host":"web1","short_message":"hello GELF","level":6,"_user":"kim"}'`,
  snippets: [
    {
      title: 'Docker',
      language: 'sh',
      text: 'docker run --log-driver gelf --log-opt gelf-address=udp://$HOST:$PORT_UDP busybox echo hello',
    },
    {
      title: 'gelf-pro',
      language: 'javascript',
      text: `import log from 'gelf-pro'

log.setConfig({ adapterName: 'tcp', adapterOptions: { host: '$HOST', port: $PORT_TCP } })
log.warning('hello from gelf-pro', { user: 'kim' })`,
    },
    {
      title: 'graypy',
      language: 'python',
      text: `import logging
import graypy

logging.getLogger().addHandler(graypy.GELFUDPHandler('$HOST', $PORT_UDP))
logging.warning('hello from graypy')`,
    },
  ],
  open: (given, context) => {
    const { limits, now } = context
    const directory = new StreamDirectory()
    const intake = new Intake(NAME, context, ({ message }) => ({ body: `${message}\n`, contentType: 'text/plain' }))
    const { delivery } = intake
    const decoderOf = (tenant: string, body: Buffer, nowMs: number) => {
      const assembler = new Assembler(tenant, NAME, body, limits, nowMs)
      const { labels, strict: isStrict } = given
      const decoder = new MessageDecoder(body, assembler, { tenant, limits, directory, labels, isStrict })
      return { assembler, decoder }
    }
    const queueOf = (tenant: string, maxBytes?: number) => {
      const decode = (frames: FrameBatch): Assembled => {
        const { assembler, decoder } = decoderOf(tenant, frames.bytes, now())
        for (let i = 0; i < frames.count; i++) {
          decoder.message(frames.start[i]!, frames.end[i]!, frames.from[i]!, frames.receivedMs[i]!)
        }
        decoder.finish()
        return assembler.finish()
      }
      return new FrameQueue(delivery, { tenant, decode, now, ...(maxBytes !== undefined && { maxBytes }) })
    }
    const request = async ({ tenant, body, headers, remoteAddress }: ReceiverRequest): Promise<Assembled> => {
      const named = headerOf({ headers }, 'content-encoding').toLowerCase()
      // graypy names two for one: `gzip,deflate` for what is only the latter.
      const encoding = named.includes(',') ? ENCODING_OF[packingOf(body)] : named
      const content = await decodeContent(body, encoding, limits.maxDecompressedBytes)
      const text = validUtf8(content, limits.maxDecompressedBytes)
      const nowMs = now()
      const { assembler, decoder } = decoderOf(tenant, text, nowMs)
      if (decoder.messages(remoteAddress, nowMs) === 0) {
        throw new GirokError('bad_request', 'the body holds no GELF message: send {"short_message": …} as JSON')
      }
      decoder.finish()
      return assembler.finish()
    }
    const tcpQueue = queueOf(given.tcp.tenant ?? context.tenant)
    const udpTenant = given.udp.tenant ?? context.tenant
    const { maxQueueBytes } = given.udp
    const { maxMessageBytes, maxChunkBytes } = given
    const udpQueue = queueOf(udpTenant, maxQueueBytes)
    const datagrams = new Datagrams({
      tenant: udpTenant,
      delivery,
      queue: udpQueue,
      maxMessageBytes,
      maxChunkBytes,
      maxQueueBytes,
      now,
    })
    return {
      routes: [
        {
          method: 'POST',
          path: '/gelf',
          refuse: (error) => intake.refuse(error),
          handle: (sent) =>
            intake.handle(
              sent,
              () => request(sent),
              ({ refusals }) =>
                refusals.total === 0
                  ? { status: 202 }
                  : { status: 400, headers: { 'content-type': 'text/plain' }, body: `${refusals.text()}\n` },
            ),
        },
      ],
      listeners: [
        {
          kind: 'stream',
          name: 'tcp',
          options: given.tcp,
          open: (connection) => {
            const { maxFrameBytes } = given.tcp
            const tooLong = frameTooLong(delivery, connection, 'receivers.gelf.tcp', maxFrameBytes)
            return framedConnection(new DelimitedFrames(NUL, maxFrameBytes, tooLong), (frame) =>
              frame.length > 0 ? tcpQueue.put(validUtf8(frame, 0), connection.remoteAddress) : undefined,
            )
          },
        },
        {
          kind: 'datagram',
          name: 'udp',
          options: given.udp,
          receive: (datagram, from) => datagrams.receive(datagram, from),
        },
      ],
      close: async () => {
        await datagrams.close()
        await Promise.all([tcpQueue.close(), udpQueue.close()])
      },
    }
  },
})
