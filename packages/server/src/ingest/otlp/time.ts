import type { ProtobufReader } from '../decode/protobuf.ts'

/** A time as OTLP gives it; 0 is "not known". */
export interface OtlpTime {
  seconds: number
  nanos: number
}

/** Divides 64 bits of nanoseconds by a billion, exactly and without a bigint: the quotient by floats may be off by one. */
function splitNanoseconds(low: number, high: number, into: OtlpTime): void {
  let seconds = Math.floor((high * 4_294_967_296 + low) / 1e9)
  // What is left fits 32 bits, so the product may wrap around.
  let nanos = (low - Math.imul(seconds % 4_294_967_296, 1_000_000_000)) | 0
  if (nanos < 0) {
    seconds--
    nanos += 1_000_000_000
  } else if (nanos >= 1_000_000_000) {
    seconds++
    nanos -= 1_000_000_000
  }
  into.seconds = seconds
  into.nanos = nanos
}

/** Reads the field that the reader stands at, a fixed64 of nanoseconds. */
export function readNanoseconds(reader: ProtobufReader, name: string, into: OtlpTime): void {
  reader.expect(1, name)
  const at = reader.position - 8
  splitNanoseconds(reader.bytes.readUInt32LE(at), reader.bytes.readUInt32LE(at + 4), into)
}

/** Nanoseconds since 1970, as digits. */
export function nanosecondsText({ seconds, nanos }: OtlpTime): string {
  return String(seconds) + String(1_000_000_000 + nanos).slice(1)
}
