import { z } from 'zod'
import { count, duration, flag, LONGEST_TIMER, list, text } from '../../model/options/kinds.ts'
import { Delivery } from '../delivery.ts'
import { DelimitedFrames } from '../listen/delimited-frames.ts'
import { framedConnection, frameTooLong } from '../listen/framed-connection.ts'
import { datagramOptions, streamOptions } from '../listen/options.ts'
import { defineReceiver } from '../receiver.ts'
import { Aggregator } from '../statsd/aggregator.ts'

const NAME = 'statsd'
const LF = 0x0a
const NUMBER = { allowed: 'numbers', pattern: /^\d+(?:\.\d+)?$/ }
const SHARE = { allowed: 'numbers from 0 to 1', pattern: /^(?:0(?:\.\d+)?|1(?:\.0+)?)$/ }

const options = z.strictObject({
  udp: datagramOptions(8125, 'StatsD over UDP, one or more lines a datagram.'),
  tcp: streamOptions(8125, 'StatsD over TCP, a metric a line.'),
  flushInterval: duration('10s', { min: '100ms', max: LONGEST_TIMER }).describe(
    'How often metrics are written as samples.',
  ),
  expiry: duration('10m', { min: '1s', max: '7d' }).describe(
    'A metric that nothing came for so long has ended; a counter that comes again begins at 0.',
  ),
  maxSeries: count(10_000, { min: 1 }).describe('Metrics with their tags that are held at once; others are refused.'),
  prefix: text('', { allowed: 'letters, digits and _', pattern: /^\w*$/ }).describe('Put before each name.'),
  influxTags: flag(true).describe('Takes name,tag=value for a name with tags.'),
  graphiteTags: flag(true).describe('Takes name;tag=value for a name with tags.'),
  quantiles: list(SHARE, ['0.5', '0.9', '0.99']).describe('Quantiles of timings and distributions, of each interval.'),
  buckets: list(NUMBER).describe(
    'Upper bounds of buckets; where there are some, timings (in seconds) and distributions are histograms instead of summaries.',
  ),
})

/** StatsD and DogStatsD. Metrics become samples in the words of Prometheus, events and service checks log records. */
export const statsd = defineReceiver<z.output<typeof options>>({
  name: NAME,
  summary: 'StatsD and DogStatsD over UDP and TCP: counters, gauges, timings, sets, events, service checks',
  options,
  example: `python3 -c "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'demo.hits:1|c|#env:test', ('$HOST', $PORT_UDP))"`,
  exampleOptions: { udp: { port: 0 }, flushInterval: '1s' },
  snippets: [
    {
      title: 'hot-shots',
      language: 'javascript',
      text: "import StatsD from 'hot-shots'\n\nconst statsd = new StatsD({ host: '$HOST', port: $PORT_UDP, globalTags: { service: 'shop' } })\nstatsd.increment('cart.added')\nstatsd.timing('checkout.time', 42)",
    },
    {
      title: 'Datadog libraries',
      language: 'sh',
      text: 'export DD_AGENT_HOST=$HOST DD_DOGSTATSD_PORT=$PORT_UDP',
    },
  ],
  open: (given, context) => {
    const delivery = new Delivery(NAME, context)
    const buckets = given.buckets.map(Number).sort((a, b) => a - b)
    const aggregators = new Map<string, Aggregator>()
    // Ports of one tenant share their metrics: a client may use both.
    const aggregatorOf = (tenant: string) => {
      const known = aggregators.get(tenant)
      if (known !== undefined) return known
      const made = new Aggregator({
        tenant,
        receiver: NAME,
        flushMs: given.flushInterval,
        expiryMs: given.expiry,
        maxSeries: given.maxSeries,
        maxQueueBytes: given.udp.maxQueueBytes,
        prefix: given.prefix,
        styles: { influxdb: given.influxTags, graphite: given.graphiteTags },
        buckets,
        quantiles: given.quantiles.map(Number),
        delivery,
        context,
      })
      aggregators.set(tenant, made)
      return made
    }
    const ofDatagrams = given.udp.tenant ?? context.tenant
    return {
      listeners: [
        {
          kind: 'datagram',
          name: 'udp',
          options: given.udp,
          receive: (datagram, from) => aggregatorOf(ofDatagrams).take(datagram, from),
        },
        {
          kind: 'stream',
          name: 'tcp',
          options: given.tcp,
          open: (connection) => {
            const { tenant, remoteAddress } = connection
            const { maxFrameBytes } = given.tcp
            const tooLong = frameTooLong(delivery, connection, 'receivers.statsd.tcp', maxFrameBytes)
            return framedConnection(new DelimitedFrames(LF, maxFrameBytes, tooLong), (line) => {
              aggregatorOf(tenant).take(line, remoteAddress)
              return undefined
            })
          },
        },
      ],
      close: async () => {
        await Promise.all([...aggregators.values()].map((aggregator) => aggregator.close()))
      },
    }
  },
})
