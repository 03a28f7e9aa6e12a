import { ByteWriter } from '../encode/byte-writer.ts'

/** How the pieces that all signals of OTLP share are written (opentelemetry-proto, common/v1 and resource/v1). */
export class OtlpWriter extends ByteWriter {
  constructor(expectedBytes: number) {
    super(Buffer.allocUnsafeSlow(expectedBytes))
  }

  /** `KeyValue` with a text. */
  attribute(tag: number, name: string, value: string): void {
    this.nested(tag, () => {
      this.textField(0x0a, name)
      this.nested(0x12, () => this.textField(0x0a, value))
    })
  }

  /** `Resource`, field 1 of what belongs to it. */
  resource(attributes: readonly (readonly [name: string, value: string])[]): void {
    this.nested(0x0a, () => {
      for (const [name, value] of attributes) this.attribute(0x0a, name, value)
    })
  }

  /** Nanoseconds since the epoch. */
  time(tag: number, ns: bigint): void {
    this.reserve(16)
    this.byte(tag)
    this.fixed64(ns)
  }

  number(tag: number, value: number): void {
    this.reserve(16)
    this.byte(tag)
    this.varint(value)
  }
}
