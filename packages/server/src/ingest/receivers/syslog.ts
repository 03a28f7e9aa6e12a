import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { choice, count, flag, list, text } from '../../model/options/kinds.ts'
import { forEachLine } from '../decode/lines.ts'
import { Delivery } from '../delivery.ts'
import { FrameQueue } from '../listen/frame-queue.ts'
import { framedConnection, frameTooLong } from '../listen/framed-connection.ts'
import type { Connection, ConnectionHandler } from '../listen/listener.ts'
import { datagramOptions, type StreamOptions, streamOptions } from '../listen/options.ts'
import { defineReceiver, type ReceiverContext } from '../receiver.ts'
import { MessageDecoder } from '../syslog/decode-messages.ts'
import { MessageFrames } from '../syslog/message-frames.ts'
import { LABEL_NAMES, MessageStreams } from '../syslog/message-streams.ts'
import { isTimeZone } from '../syslog/time-zone.ts'

const NAME = 'syslog'

const options = z.strictObject({
  udp: datagramOptions(5514, 'Syslog over UDP, one message a datagram.'),
  tcp: streamOptions(5514, 'Syslog over TCP.'),
  tls: streamOptions(6514, 'Syslog over TLS; needs tls.cert and tls.key.'),
  framing: choice(['auto', 'octet-counting', 'lf', 'nul'], 'auto').describe(
    'How messages are kept apart on connections. auto: by their length when a connection begins with one, else by line feeds. nul: by NUL bytes, as Python sends them.',
  ),
  splitDatagrams: flag(false).describe('Takes each line of a datagram for a message.'),
  labels: list(
    { allowed: LABEL_NAMES.join(', '), pattern: new RegExp(`^(?:${LABEL_NAMES.join('|')})$`) },
    LABEL_NAMES,
  ).describe(
    'What of a message becomes a label: the program (service_name), the host, the facility. The rest is structured metadata.',
  ),
  maxStreams: count(2000, { min: 1 }).describe(
    'Distinct labels within an hour; messages beyond share service_name other, with their own names as structured metadata.',
  ),
  time: choice(['message', 'receipt'], 'message').describe(
    "The time that records get. message: the message's own, unless limits would refuse it. Where it is not used it is kept as sent_at.",
  ),
  timeZone: text('local', { allowed: 'local, UTC, +09:00 or a name such as Asia/Seoul' }).describe(
    "Time zone of messages that tell none (RFC 3164). local: the server's.",
  ),
  wholeMessage: flag(false).describe('Stores messages with their header; otherwise a line is the text alone.'),
})

type SyslogOptions = z.output<typeof options>

/** RFC 5424 and RFC 3164 and what is sent in their name, by UDP, TCP and TLS (RFC 5426, 6587, 5425). */
export const syslog = defineReceiver<SyslogOptions>({
  name: NAME,
  summary: 'syslog over UDP, TCP and TLS: rsyslog, syslog-ng, logger, network devices',
  options,
  example: "logger --server $HOST --port $PORT_UDP --udp --rfc5424 --tag checkout 'cart 811 paid'",
  exampleOptions: { udp: { port: 0 } },
  snippets: [
    {
      title: 'rsyslog',
      language: 'ini',
      text: `*.* action(type="omfwd" target="$HOST" port="$PORT_TCP" protocol="tcp" TCP_Framing="octet-counted"
           template="RSYSLOG_SyslogProtocol23Format" action.resumeRetryCount="-1" queue.type="LinkedList")`,
    },
    {
      title: 'syslog-ng',
      language: 'ini',
      text: `destination d_girok { syslog("$HOST" port($PORT_TCP) transport("tcp")); };
log { source(s_src); destination(d_girok); };`,
    },
    {
      title: 'logger',
      language: 'sh',
      text: 'logger --server $HOST --port $PORT_TCP --tcp --octet-count --rfc5424 hello',
    },
    {
      title: 'Docker',
      language: 'sh',
      text: 'docker run --log-driver syslog --log-opt syslog-address=tcp://$HOST:$PORT_TCP --log-opt syslog-format=rfc5424micro --log-opt tag={{.Name}} IMAGE',
    },
    {
      title: 'Python',
      language: 'python',
      text: `handler = logging.handlers.SysLogHandler(address=("$HOST", $PORT_UDP))
handler.ident = "my-app: "`,
    },
  ],
  open: (given, context) => {
    if (!isTimeZone(given.timeZone)) {
      const shown = JSON.stringify(given.timeZone.slice(0, 100))
      throw new GirokError(
        'internal',
        `receivers.syslog.timeZone is ${shown}: use local, UTC, +09:00 or a name such as Asia/Seoul`,
      )
    }
    if (given.tls.port !== undefined && (given.tls.tls.cert === undefined || given.tls.tls.key === undefined)) {
      throw new GirokError('internal', 'receivers.syslog.tls needs tls.cert and tls.key: name both, or use tcp')
    }
    const delivery = new Delivery(NAME, context)
    const queueOf = createQueues(given, context, delivery)
    const stream = (name: 'tcp' | 'tls') => {
      const queue = queueOf(given[name])
      return {
        kind: 'stream' as const,
        name,
        options: given[name],
        open: (connection: Connection) => {
          const where = `receivers.syslog.${name}`
          return receiveStream(connection, { given, options: given[name], where, queue, delivery })
        },
        queue,
      }
    }
    const datagrams = queueOf(given.udp, given.udp.maxQueueBytes)
    const streams = [stream('tcp'), stream('tls')]
    return {
      listeners: [
        {
          kind: 'datagram',
          name: 'udp',
          options: given.udp,
          receive: (datagram, from) => {
            const offer = (start: number, end: number) => void datagrams.offer(datagram.subarray(start, end), from)
            if (given.splitDatagrams) forEachLine(datagram, offer)
            else if (datagram.length > 0) offer(0, datagram.length)
          },
        },
        ...streams,
      ],
      close: async () => {
        await Promise.all([datagrams, ...streams.map(({ queue }) => queue)].map((queue) => queue.close()))
      },
    }
  },
})

/** One queue and decoder for each listener, as each has its own tenant; listeners of one tenant share its streams. */
function createQueues(given: SyslogOptions, context: ReceiverContext, delivery: Delivery) {
  const streamsOf = new Map<string, MessageStreams>()
  return ({ tenant = context.tenant }: { tenant?: string | undefined }, maxBytes?: number): FrameQueue => {
    const decoder = new MessageDecoder(given, context.limits)
    const known = streamsOf.get(tenant)
    const streams = known ?? new MessageStreams(tenant, given.labels, given.maxStreams, context.limits)
    streamsOf.set(tenant, streams)
    return new FrameQueue(delivery, {
      tenant,
      now: context.now,
      ...(maxBytes === undefined ? {} : { maxBytes }),
      decode: (frames) => {
        const { assembled, unparsed } = decoder.decode(frames, tenant, streams, context.now())
        if (unparsed > 0) delivery.keptWhole(unparsed)
        return assembled
      },
    })
  }
}

interface StreamParts {
  readonly given: SyslogOptions
  readonly options: StreamOptions
  /** Name of the options. */
  readonly where: string
  readonly queue: FrameQueue
  readonly delivery: Delivery
}

function receiveStream(
  connection: Connection,
  { given, options, where, queue, delivery }: StreamParts,
): ConnectionHandler {
  const { maxFrameBytes } = options
  const frames = new MessageFrames(
    given.framing,
    maxFrameBytes,
    frameTooLong(delivery, connection, where, maxFrameBytes),
  )
  return framedConnection(frames, (message) => queue.put(message, connection.remoteAddress))
}
