// Bodies of requests by protocol, made of lines of the common workload: {ns, labels, text}.
import { entry, pack } from './decode/msgpack.mjs'
import { double, field, fixed64, number, snappy } from './decode/protobuf.mjs'

const string = (value) => field(1, value)
const pair = (id, name, value) => {
  const any =
    typeof value === 'number' ? (Number.isInteger(value) ? number(3, value) : double(4, value)) : string(value)
  return field(id, field(1, name), field(2, any))
}

/** A line as exporters of structured loggers send it: the message as the body, its fields as attributes. */
export function attributesOf(text) {
  if (!text.startsWith('{')) return { body: text, attributes: [] }
  const { message, ...fields } = JSON.parse(text)
  return { body: message, attributes: Object.entries(fields) }
}

/** One resource; `shape` makes the body and the attributes of a line. */
export function otlpLogs(lines, shape) {
  const traceId = Buffer.alloc(16, 7)
  const records = lines.map(({ ns, text }, k) => {
    const { body, attributes } = shape(text)
    traceId.writeUInt32BE(k, 12)
    return field(
      2,
      fixed64(1, ns),
      fixed64(11, ns),
      number(2, 9),
      field(3, 'INFO'),
      field(5, string(body)),
      ...attributes.map(([name, value]) => pair(6, name, value)),
      field(9, Buffer.from(traceId)),
      field(10, traceId.subarray(8)),
    )
  })
  const resource = field(
    1,
    pair(1, 'service.name', 'gateway'),
    pair(1, 'host.name', 'h1'),
    pair(1, 'process.pid', 4711),
  )
  return field(1, resource, field(2, field(1, field(1, 'logger')), ...records))
}

function byStream(lines) {
  const streams = new Map()
  for (const { ns, labels, text } of lines) {
    const key = Object.entries(labels)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(', ')
    if (!streams.has(key)) streams.set(key, { labels, entries: [] })
    streams.get(key).entries.push([ns, text])
  }
  return streams
}

export function lokiPush(lines) {
  const streams = [...byStream(lines)].map(([labels, { entries }]) => {
    const lines = entries.map(([ns, text]) =>
      field(2, field(1, number(1, ns / 1_000_000_000n), number(2, ns % 1_000_000_000n)), field(2, text)),
    )
    return field(1, field(1, `{${labels}}`), ...lines)
  })
  return snappy(Buffer.concat(streams))
}

export function lokiJson(lines) {
  const streams = [...byStream(lines).values()].map(({ labels, entries }) => ({
    stream: labels,
    values: entries.map(([ns, text]) => [String(ns), text]),
  }))
  return Buffer.from(JSON.stringify({ streams }))
}

export function splunkEvents(lines) {
  const origin = { host: 'web-1', sourcetype: 'app', index: 'main' }
  const events = lines.map(({ ns, labels, text }) =>
    JSON.stringify({ time: Number(ns / 1_000_000n) / 1000, ...origin, source: labels.job, event: text }),
  )
  return Buffer.from(events.join(''))
}

/** Documents as Beats send them: time, agent and host in objects, the line's own fields or its text. */
export function bulk(lines) {
  const action = '{"create":{"_index":"app"}}'
  const documents = lines.map(({ ns, labels, text }) => {
    const time = new Date(Number(ns / 1_000_000n)).toISOString()
    const own = text.startsWith('{') ? JSON.parse(text) : { message: text }
    return JSON.stringify({ '@timestamp': time, ...own, host: { name: 'web-1' }, service: { name: labels.job } })
  })
  return Buffer.from(documents.map((document) => `${action}\n${document}\n`).join(''))
}

/** What Docker's driver adds to a record. */
export const DOCKER = { container_id: 'f'.repeat(64), source: 'stdout' }

export function forward(lines, recordOf, chunk) {
  const entries = lines.map(({ ns, text, labels }) => entry(ns, recordOf(text, labels)))
  return pack(['app.web', Buffer.concat(entries), { size: lines.length, chunk }])
}

/** Messages with their lengths before them. */
export function syslog(lines, messageOf) {
  const messages = lines.map(({ ns, labels, text }) => messageOf(new Date(Number(ns / 1_000_000n)), labels, text))
  return Buffer.from(messages.map((message) => `${Buffer.byteLength(message)} ${message}`).join(''))
}

export function bsdTime(time) {
  const [, day, month, , clock] = time.toUTCString().split(' ')
  return `${month} ${day.replace(/^0/, ' ')} ${clock}`
}
