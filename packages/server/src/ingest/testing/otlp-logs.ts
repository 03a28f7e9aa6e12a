import { field, fixed64, number, varint } from './encoders.ts'
import type { Random } from './random.ts'

/** A value as OTLP/JSON writes it; its protobuf form is made of that. */
export type JsonValue = Readonly<Record<string, unknown>>

type KeyValues = readonly { readonly key: string; readonly value: JsonValue }[]

export interface JsonLogs {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: KeyValues }
    readonly scopeLogs: readonly {
      readonly scope: { readonly name: string; readonly attributes: KeyValues }
      readonly logRecords: readonly Readonly<Record<string, unknown>>[]
    }[]
  }[]
}

const WORDS = [
  'service.name',
  'host.name',
  'user.id',
  'a b',
  'a주문',
  '9lives',
  'trace_id',
  'severity_text',
  'x'.repeat(80),
  'k',
]
const TEXTS = ['', 'paid', '한글 텍스트', 'x'.repeat(200), '\u0000\n"', '😀', 'INFO', '{"a":1}']

function randomValue(random: Random, depth = 0): JsonValue {
  const kind = random.below(depth > 2 ? 5 : 7)
  if (kind === 0) return { stringValue: random.pick(TEXTS) }
  if (kind === 1)
    return { intValue: String(BigInt(random.below(2 ** 31)) * (random.below(2) === 0 ? 1n : -4_294_967_297n)) }
  if (kind === 2) return { doubleValue: random.below(1000) / 8 }
  if (kind === 3) return { boolValue: random.below(2) === 1 }
  if (kind === 4) return { bytesValue: Buffer.from(random.pick(TEXTS)).toString('base64') }
  if (kind === 5) return { arrayValue: { values: times(random.below(3), () => randomValue(random, depth + 1)) } }
  return { kvlistValue: { values: randomPairs(random, depth + 1) } }
}

/** Names are distinct, as OTLP wants them. */
function randomPairs(random: Random, depth = 0): { key: string; value: JsonValue }[] {
  const keys = new Set(times(random.below(5), () => random.pick(WORDS)))
  return [...keys].map((key) => ({ key, value: randomValue(random, depth) }))
}

/** Logs with everything that OTLP has, of times around `nowMs`. */
export function randomLogs(random: Random, nowMs: number): JsonLogs {
  const hex = (bytes: number) => times(bytes, () => random.below(256).toString(16).padStart(2, '0')).join('')
  return {
    resourceLogs: times(1 + random.below(2), () => ({
      resource: { attributes: randomPairs(random) },
      scopeLogs: times(1 + random.below(2), () => ({
        scope: { name: random.pick(TEXTS), attributes: randomPairs(random) },
        logRecords: times(1 + random.below(6), () => ({
          timeUnixNano: `${nowMs - random.below(3_600_000)}${String(random.below(1_000_000)).padStart(6, '0')}`,
          ...(random.below(2) === 0 && { observedTimeUnixNano: `${nowMs}000000` }),
          ...(random.below(3) > 0 && { severityNumber: 1 + random.below(24) }),
          ...(random.below(3) > 0 && { severityText: random.pick(TEXTS) }),
          ...(random.below(8) > 0 && { body: randomValue(random) }),
          attributes: randomPairs(random),
          ...(random.below(4) === 0 && { droppedAttributesCount: random.below(9), flags: 1 }),
          ...(random.below(2) === 0 && { traceId: hex(16), spanId: hex(8) }),
          ...(random.below(4) === 0 && { eventName: random.pick(WORDS) }),
        })),
      })),
    })),
  }
}

/** The same logs as `ExportLogsServiceRequest` in protobuf. */
export function otlpProtobuf({ resourceLogs }: JsonLogs): Buffer {
  return Buffer.concat(
    resourceLogs.map(({ resource, scopeLogs }) =>
      field(
        1,
        Buffer.concat([
          field(1, pairs(1, resource.attributes)),
          ...scopeLogs.map(({ scope, logRecords }) =>
            field(
              2,
              Buffer.concat([
                field(1, Buffer.concat([field(1, Buffer.from(scope.name)), pairs(3, scope.attributes)])),
                ...logRecords.map((record) => field(2, recordMessage(record))),
              ]),
            ),
          ),
        ]),
      ),
    ),
  )
}

function recordMessage(record: Readonly<Record<string, unknown>>): Buffer {
  const parts: Buffer[] = []
  const fixed = (id: number, name: string) => {
    if (record[name] !== undefined) parts.push(fixed64(id, BigInt(record[name] as string)))
  }
  const bytes = (id: number, name: string, encoding: BufferEncoding) => {
    if (record[name] !== undefined) parts.push(field(id, Buffer.from(record[name] as string, encoding)))
  }
  fixed(1, 'timeUnixNano')
  if (record.severityNumber !== undefined) parts.push(number(2, record.severityNumber as number))
  bytes(3, 'severityText', 'utf8')
  if (record.body !== undefined) parts.push(field(5, valueMessage(record.body as JsonValue)))
  parts.push(pairs(6, record.attributes as KeyValues))
  if (record.droppedAttributesCount !== undefined) parts.push(number(7, record.droppedAttributesCount as number))
  if (record.flags !== undefined) parts.push(Buffer.concat([Buffer.of(8 * 8 + 5, record.flags as number, 0, 0, 0)]))
  bytes(9, 'traceId', 'hex')
  bytes(10, 'spanId', 'hex')
  fixed(11, 'observedTimeUnixNano')
  bytes(12, 'eventName', 'utf8')
  return Buffer.concat(parts)
}

function pairs(id: number, list: KeyValues): Buffer {
  return Buffer.concat(
    list.map(({ key, value }) => field(id, Buffer.concat([field(1, Buffer.from(key)), field(2, valueMessage(value))]))),
  )
}

function valueMessage(value: JsonValue): Buffer {
  const [name, given] = Object.entries(value)[0] as [string, unknown]
  if (name === 'stringValue') return field(1, Buffer.from(given as string))
  if (name === 'boolValue') return number(2, given ? 1 : 0)
  if (name === 'intValue') return Buffer.concat([varint(3 * 8), varint(BigInt.asUintN(64, BigInt(given as string)))])
  if (name === 'doubleValue') {
    const bytes = Buffer.alloc(9)
    bytes[0] = 4 * 8 + 1
    bytes.writeDoubleLE(given as number, 1)
    return bytes
  }
  if (name === 'bytesValue') return field(7, Buffer.from(given as string, 'base64'))
  const { values } = given as { values: JsonValue[] }
  if (name === 'arrayValue') return field(5, Buffer.concat(values.map((inner) => field(1, valueMessage(inner)))))
  return field(6, pairs(1, values as unknown as KeyValues))
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make)
}
