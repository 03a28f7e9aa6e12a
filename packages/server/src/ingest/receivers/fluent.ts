import { hostname } from 'node:os'
import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { flag, list, optionalText, text } from '../../model/options/kinds.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { Delivery } from '../delivery.ts'
import { ForwardConnection } from '../fluent/connection.ts'
import { FieldRoles } from '../fluent/field-roles.ts'
import { ForwardIntake } from '../fluent/forward-intake.ts'
import type { ForwardUser, Secrets } from '../fluent/handshake.ts'
import type { ReceiverListener } from '../listen/listener.ts'
import { streamOptions } from '../listen/options.ts'
import { defineReceiver } from '../receiver.ts'

const NAME = 'fluent'
const FIELD = { allowed: 'names of fields', pattern: /^.{1,256}$/s }
/** What fluentd's own server answers to a sign of life. */
const HEARTBEAT = Buffer.of(0)

const options = z.strictObject({
  tcp: streamOptions(24_224, 'Forward protocol over TCP or TLS: fluentd, Fluent Bit, Docker, fluent-logger.', {
    maxFrame: '16MiB',
  }),
  udpHeartbeat: flag(false).describe(
    'Answers heartbeats of fluentd (heartbeat_type udp) on the UDP port of the same number; tcp.port must not be 0.',
  ),
  sharedKey: text('', { secret: true }).describe('Key that senders must show that they know. Empty: none is needed.'),
  users: list({ allowed: 'NAME:PASSWORD or NAME:PASSWORD:TENANT', pattern: /^[^:]+:[^:]+(?::[^:]+)?$/ }, [], {
    secret: true,
  }).describe('Who may send, besides knowing sharedKey; each may have a tenant. Empty: the key is enough.'),
  hostname: optionalText({ allowed: 'a host name' }).describe(
    'Name that the server gives itself in the handshake. Unset: the host name of the machine.',
  ),
  tagLabel: text('tag', { allowed: 'a label name, or empty', pattern: /^(?:[a-zA-Z_][a-zA-Z0-9_]*)?$/ }).describe(
    'Label that the tag becomes. Empty: the tag is not kept.',
  ),
  labels: list(FIELD, ['container_name']).describe(
    'Fields of records that become labels and leave the line; of container_name a leading / is taken away.',
  ),
  metadata: list(FIELD, [
    'container_id',
    'source',
    'partial_message',
    'partial_id',
    'partial_ordinal',
    'partial_last',
  ]).describe('Fields of records that become structured metadata and leave the line. The defaults are Docker’s.'),
  lineFields: list(FIELD, ['log', 'message']).describe(
    'A record that has no other field left than one of these is stored as its text; all others are stored as JSON.',
  ),
})

/** The Forward protocol v1 of fluentd: every mode, acknowledgements, shared key and users. */
export const fluent = defineReceiver<z.output<typeof options>>({
  name: NAME,
  summary: 'Forward protocol: fluentd, Fluent Bit, Docker’s fluentd driver, fluent-logger',
  options,
  // 0x93: a message of three parts. 0xa3 and 0xa5: texts of 3 and 5 bytes. 0x00: the time of arrival. 0x81: one field.
  example: `bash -c 'printf "\\223\\243app\\000\\201\\247message\\255hello Forward" > /dev/tcp/$HOST/$PORT_TCP'`,
  exampleOptions: { tcp: { port: 0 } },
  snippets: [
    {
      title: 'Fluent Bit',
      language: 'ini',
      text: `[OUTPUT]
    Name                 forward
    Match                *
    Host                 $HOST
    Port                 $PORT_TCP
    Require_ack_response true
    Compress             gzip`,
    },
    {
      title: 'fluentd',
      language: 'ini',
      text: `<match **>
  @type forward
  require_ack_response true
  compress gzip
  <server>
    host $HOST
    port $PORT_TCP
  </server>
</match>`,
    },
    {
      title: 'Docker',
      language: 'sh',
      text: 'docker run --log-driver fluentd --log-opt fluentd-address=$HOST:$PORT_TCP --log-opt fluentd-async=true --log-opt tag={{.Name}} busybox echo hello',
    },
    {
      title: 'fluent-logger',
      language: 'javascript',
      text: `import logger from 'fluent-logger'

const sender = logger.createFluentSender('app', { host: '$HOST', port: $PORT_TCP, requireAckResponse: true })
sender.emit('web', { message: 'hello from fluent-logger', user: 'kim' })`,
    },
  ],
  open: (given, context) => {
    const delivery = new Delivery(NAME, context)
    const { tagLabel, labels, metadata, lineFields } = given
    const rules = { tagLabel, labels, metadata, lineFields }
    const intake = new ForwardIntake({
      name: NAME,
      context,
      delivery,
      directory: new StreamDirectory(),
      rules,
      roles: new FieldRoles(rules),
    })
    const secrets = secretsOf(given)
    const listeners: ReceiverListener[] = [
      {
        kind: 'stream',
        name: 'tcp',
        options: given.tcp,
        open: (connection) => new ForwardConnection(connection, { intake, delivery, options: given.tcp, secrets }),
      },
    ]
    if (given.udpHeartbeat) {
      const { port, host, tenant } = given.tcp
      listeners.push({
        kind: 'datagram',
        name: 'udp',
        options: { port, host, tenant, maxQueueBytes: 0 },
        receive: (_datagram, _from, reply) => reply(HEARTBEAT),
      })
    }
    return { listeners, close: () => intake.close() }
  },
})

function secretsOf({ sharedKey, users, hostname: own }: z.output<typeof options>): Secrets | undefined {
  if (sharedKey === '' && users.length === 0) return undefined
  if (sharedKey === '') {
    throw new GirokError('internal', 'receivers.fluent.users needs receivers.fluent.sharedKey: set both, or neither')
  }
  return { sharedKey, users: users.map(userOf), hostname: own ?? hostname() }
}

function userOf(given: string): ForwardUser {
  const [name = '', password = '', tenant] = given.split(':')
  return { name, password, tenant }
}
