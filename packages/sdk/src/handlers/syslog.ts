import type { Formatter } from '../formatter.ts'
import { textFormatter } from '../formatters/text.ts'
import { codeOf } from './error-text.ts'
import { builtin } from './remote/builtin.ts'
import type { Outcome } from './remote/destination.ts'
import type { RemoteHandler, RemoteOptions } from './remote/options.ts'
import { createRemoteHandler } from './remote/remote.ts'
import { datagramLink } from './syslog/datagrams.ts'
import type { Link, Sent } from './syslog/link.ts'
import { type MessageShape, rfc3164, rfc5424 } from './syslog/message.ts'
import { type Facility, facilityNumber } from './syslog/priority.ts'
import { type Framing, type StreamTarget, streamLink, type TlsOptions } from './syslog/stream.ts'

export type { Facility } from './syslog/priority.ts'
export type { Framing, TlsOptions } from './syslog/stream.ts'

export interface SyslogOptions extends RemoteOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 514, with TLS 6514. */
  readonly port?: number
  /** `unix` is a stream socket; that of systemd at /dev/log takes datagrams only, which Node does not have. Default `udp`. */
  readonly protocol?: 'udp' | 'tcp' | 'tls' | 'unix'
  /** Of the socket, with protocol `unix`. */
  readonly path?: string
  readonly tls?: TlsOptions
  /** Default `rfc5424`. */
  readonly format?: 'rfc5424' | 'rfc3164'
  /** How messages are kept apart on a stream. Default `octet-counting`. */
  readonly framing?: Framing
  /** Name or number. Default `user`. */
  readonly facility?: Facility | number
  /** Default: the name of the program's file. */
  readonly appName?: string
  /** Default: the machine's. */
  readonly hostname?: string
  /**
   * With `rfc5424`: writes logger and fields as structured data under this SD-ID, such as `fields@32473` (the number is
   * your organisation's at IANA); the message is then the record's own. Default: fields follow the message as text.
   */
  readonly structuredData?: string
  /** Makes the message; line feeds in it are shown as `\n`. Default: `logger: message key=value …`. */
  readonly formatter?: Formatter
  /** Bytes of a message at most; longer ones are cut. Default: 2048 by UDP (1024 with `rfc3164`), else 8192. */
  readonly maxBytes?: number
}

/**
 * Sends records to a syslog collector. Syslog has no answers: a record counts as sent when the system has taken it, and
 * those that were on their way when a collector died are lost.
 * @throws TypeError, RangeError for options that cannot be right
 */
export function syslogHandler(options: SyslogOptions = {}): RemoteHandler {
  const { protocol = 'udp', format = 'rfc5424', framing = 'octet-counting', structuredData } = options
  checkedChoice('protocol', protocol, ['udp', 'tcp', 'tls', 'unix'])
  checkedChoice('format', format, ['rfc5424', 'rfc3164'])
  checkedChoice('framing', framing, ['octet-counting', 'lf'])
  const shape: MessageShape = {
    origin: {
      facility: facilityNumber(options.facility ?? 'user'),
      hostname: options.hostname ?? machineName(),
      appName: options.appName ?? programName(),
      processId: thisProcess?.pid,
    },
    maxBytes: checkedBytes(options.maxBytes ?? (protocol !== 'udp' ? 8192 : format === 'rfc5424' ? 2048 : 1024)),
    formatter: options.formatter ?? (structuredData === undefined ? textFormatter('%(name)s: %(message)s') : undefined),
    structuredData: checkedDataId(structuredData, format),
  }
  const write = format === 'rfc5424' ? rfc5424 : rfc3164
  const { link, address } = linkOf(options, protocol, framing)

  return createRemoteHandler(
    {
      name: `syslog ${protocol} ${address}`,
      needsSource: shape.formatter?.needsSource,
      entry: (record) => write(record, shape),
      async deliver({ entries }, signal) {
        let sent: Sent
        try {
          sent = await link.send(entries, signal)
        } catch (error) {
          return { kind: 'retry', reason: reasonOf(error) }
        }
        return outcomeOf(sent, entries)
      },
      close: async () => link.close(),
    },
    options,
  )
}

function outcomeOf({ count, failure }: Sent, entries: readonly string[]): Outcome {
  if (failure === undefined) return { kind: 'delivered' }
  // Larger than the network takes, now and later.
  const refused = (failure as { code?: unknown }).code === 'EMSGSIZE'
  const left = entries.slice(refused ? count + 1 : count)
  const reason = reasonOf(failure)
  return refused
    ? { kind: 'retry', reason, entries: left, refused: { count: 1, reason } }
    : { kind: 'retry', reason, entries: left }
}

type Protocol = NonNullable<SyslogOptions['protocol']>

function linkOf(options: SyslogOptions, protocol: Protocol, framing: Framing): { link: Link; address: string } {
  if (protocol === 'unix') {
    const { path } = options
    if (path === undefined) throw new TypeError('syslogHandler: protocol unix needs the path of a socket as `path`')
    return { link: streamLink({ protocol, path }, framing), address: path }
  }
  const { host = '127.0.0.1', port = protocol === 'tls' ? 6514 : 514, tls = {} } = options
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new RangeError(`syslogHandler: port is ${port}: use 1 to 65535`)
  }
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  if (protocol === 'udp') return { link: datagramLink({ host, port }), address }
  const target: StreamTarget = protocol === 'tls' ? { protocol, tls, host, port } : { protocol, host, port }
  return { link: streamLink(target, framing), address }
}

function reasonOf(error: unknown): string {
  return `cannot be reached (${codeOf(error)})`
}

const thisProcess = (globalThis as { process?: { pid?: number; argv?: readonly string[] } }).process

/** Empty where nobody may know, as in Deno without a permission: `-` in messages. */
function machineName(): string {
  try {
    return builtin('node:os')?.hostname() ?? ''
  } catch {
    return ''
  }
}

function programName(): string {
  const file = thisProcess?.argv?.[1]?.split(/[/\\]/).at(-1) ?? ''
  return file.replace(/\.[cm]?[jt]s$/, '') || 'node'
}

function checkedChoice(option: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return
  throw new RangeError(`syslogHandler: ${option} is ${JSON.stringify(value)}: use ${choices.join(', ')}`)
}

function checkedBytes(maxBytes: number): number {
  // Collectors must take 480 (RFC 5424, 6.1); less would leave nothing beside the header.
  if (Number.isInteger(maxBytes) && maxBytes >= 480) return maxBytes
  throw new RangeError(`syslogHandler: maxBytes is ${maxBytes}: use a whole number of at least 480`)
}

function checkedDataId(id: string | undefined, format: string): string | undefined {
  if (id === undefined) return undefined
  if (format !== 'rfc5424') throw new TypeError('syslogHandler: structuredData needs the format rfc5424')
  if (/^(?=.{3,32}$)[^\s="\]@]+@\d+(\.\d+)*$/.test(id)) return id
  throw new TypeError(`syslogHandler: structuredData is ${JSON.stringify(id)}: use a name such as fields@32473`)
}
