import { z } from 'zod'
import { bytes, count, duration, LONGEST_TIMER, optionalCount, optionalText, text } from '../../model/options/kinds.ts'

/** Options of a TCP, TLS or gRPC port, as every receiver has them below its own name: `receivers.syslog.tcp`. */
export type StreamOptions = z.output<ReturnType<typeof streamOptions>>

/** Options of a UDP port. */
export type DatagramOptions = z.output<ReturnType<typeof datagramOptions>>

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/

/** A tenant, for receivers whose senders name none. */
export function tenantOption(description: string) {
  return optionalText({
    allowed: "1 to 150 letters, digits or !-_.*'()",
    pattern: /^(?!\.{1,2}$)[A-Za-z0-9!\-_.*'()]{1,150}$/,
  }).describe(description)
}

function address(usualPort: number) {
  return {
    port: optionalCount({ max: 65_535 })
      .describe(`Port to listen on, usually ${usualPort}; 0 takes any free one. Unset: not opened.`)
      .meta({ usualPort }),
    host: text('127.0.0.1', { allowed: 'a host name or IP address', pattern: HOST }).describe(
      'Address to listen on. Whoever reaches it may write, unless the protocol has a secret.',
    ),
    tenant: tenantOption('Tenant of what arrives here. Unset: tenancy.default.'),
  }
}

/** A section of options for a stream port. `maxFrame` is the most bytes that one message may have. */
export function streamOptions(usualPort: number, description: string, { maxFrame = '256KB' } = {}) {
  return z
    .strictObject({
      ...address(usualPort),
      tls: z
        .strictObject({
          cert: optionalText({ allowed: 'a file path' }).describe('PEM file with the certificate chain; turns TLS on.'),
          key: optionalText({ allowed: 'a file path' }).describe('PEM file with the private key.'),
          clientCa: optionalText({ allowed: 'a file path' }).describe(
            'PEM file with the authorities that clients need a certificate of.',
          ),
        })
        .describe('Encrypted connections.')
        .prefault({}),
      maxConnections: count(1024, { min: 1 }).describe('Connections at once; others are closed at once.'),
      idleTimeout: duration('1h', { min: '10ms', max: LONGEST_TIMER }).describe(
        'A connection on which nothing moves for so long is closed.',
      ),
      stallTimeout: duration('1m', { min: '10ms', max: LONGEST_TIMER }).describe(
        'A connection that sends nothing for so long in the middle of a message is closed.',
      ),
      maxFrameBytes: bytes(maxFrame, { min: '1KiB' }).describe('Bytes of one message.'),
      maxHeldBytes: bytes('64MiB', { min: '64KiB' }).describe(
        'Bytes of unfinished messages of all connections together; above that the connection that holds most is closed.',
      ),
    })
    .describe(description)
    .prefault({})
}

/** A section of options for a datagram port. */
export function datagramOptions(usualPort: number, description: string) {
  return z
    .strictObject({
      ...address(usualPort),
      maxQueueBytes: bytes('8MiB', { min: '64KiB' }).describe(
        'Bytes of datagrams that wait to be stored; what comes beyond is dropped and counted.',
      ),
    })
    .describe(description)
    .prefault({})
}

/** The usual port of each listener whose section stands in a receiver's options, by the section's name. */
export function usualPorts(options: z.ZodType): Record<string, number> {
  const ports: Record<string, number> = {}
  for (const [name, section] of Object.entries(shapeOf(options))) {
    const usual = shapeOf(section).port?.meta()?.usualPort
    if (typeof usual === 'number') ports[name] = usual
  }
  return ports
}

function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> {
  let inner = schema
  while (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault) inner = inner.def.innerType as z.ZodType
  return inner instanceof z.ZodObject ? inner.shape : {}
}
