import { field, varint } from './encoders.ts'

/** A sample as tests write it; the value as bits where it is a bigint. */
export type PlainSample = readonly [timeMs: number, value: number | bigint]

export interface PlainSeries {
  readonly labels: readonly (readonly [string, string])[]
  readonly samples: readonly PlainSample[]
  readonly histograms?: number
  readonly exemplars?: readonly {
    readonly labels: readonly (readonly [string, string])[]
    readonly sample: PlainSample
  }[]
  readonly metadata?: { readonly type: number; readonly help: string; readonly unit: string }
}

export interface PlainMetadata {
  readonly metric: string
  readonly type: number
  readonly help: string
  readonly unit: string
}

/** Remote write 1.0, not yet compressed. Plain, for tests only. */
export function encodeWriteV1(series: readonly PlainSeries[], metadata: readonly PlainMetadata[] = []): Buffer {
  return Buffer.concat([
    ...series.map(({ labels, samples, histograms = 0, exemplars = [] }) =>
      field(
        1,
        Buffer.concat([
          ...labels.map(encodeLabel),
          ...samples.map((sample) => field(2, encodeSample(sample))),
          ...exemplars.map((exemplar) =>
            field(
              3,
              Buffer.concat([
                ...exemplar.labels.map(encodeLabel),
                Buffer.of(0x11),
                bits(exemplar.sample[1]),
                Buffer.of(0x18),
                varint(exemplar.sample[0]),
              ]),
            ),
          ),
          ...Array.from({ length: histograms }, () => field(4, Buffer.of(0x08, 1))),
        ]),
      ),
    ),
    ...metadata.map(({ metric, type, help, unit }) =>
      field(
        3,
        Buffer.concat([
          Buffer.of(0x08, type),
          field(2, Buffer.from(metric)),
          field(4, Buffer.from(help)),
          field(5, Buffer.from(unit)),
        ]),
      ),
    ),
  ])
}

/** Remote write 2.0, not yet compressed. */
export function encodeWriteV2(series: readonly PlainSeries[]): Buffer {
  const symbols = ['']
  const ref = (text: string): Buffer => {
    let at = symbols.indexOf(text)
    if (at === -1) at = symbols.push(text) - 1
    return varint(at)
  }
  const refs = (labels: PlainSeries['labels']): Buffer =>
    field(1, Buffer.concat(labels.flatMap(([name, value]) => [ref(name), ref(value)])))
  const messages = series.map(({ labels, samples, histograms = 0, exemplars = [], metadata }) =>
    field(
      5,
      Buffer.concat([
        refs(labels),
        ...samples.map((sample) => field(2, encodeSample(sample))),
        ...Array.from({ length: histograms }, () => field(3, Buffer.of(0x08, 1))),
        ...exemplars.map((exemplar) =>
          field(
            4,
            Buffer.concat([
              refs(exemplar.labels),
              Buffer.of(0x11),
              bits(exemplar.sample[1]),
              Buffer.of(0x18),
              varint(exemplar.sample[0]),
            ]),
          ),
        ),
        ...(metadata === undefined
          ? []
          : [
              field(
                5,
                Buffer.concat([
                  Buffer.of(0x08, metadata.type, 0x18),
                  ref(metadata.help),
                  Buffer.of(0x20),
                  ref(metadata.unit),
                ]),
              ),
            ]),
      ]),
    ),
  )
  return Buffer.concat([...symbols.map((text) => field(4, Buffer.from(text))), ...messages])
}

function encodeLabel([name, value]: readonly [string, string]): Buffer {
  return field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]))
}

/** As protobuf's encoders do: what is zero is left out. */
function encodeSample([timeMs, value]: PlainSample): Buffer {
  const number = bits(value)
  return Buffer.concat([
    ...(number.readBigUInt64LE(0) === 0n ? [] : [Buffer.of(0x09), number]),
    ...(timeMs === 0 ? [] : [Buffer.of(0x10), timeMs < 0 ? negative(timeMs) : varint(timeMs)]),
  ])
}

function bits(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8)
  if (typeof value === 'bigint') bytes.writeBigUInt64LE(value)
  else bytes.writeDoubleLE(value)
  return bytes
}

/** Ten bytes of two's complement. */
function negative(value: number): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (let i = 0; i < 9; i++) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}
