/** A time as OTLP gives it; 0 is "not known". */
export interface OtlpTime {
  seconds: number
  nanos: number
}

/** Divides 64 bits of nanoseconds by a billion, exactly and without a bigint: the quotient by floats may be off by one. */
export function splitNanoseconds(low: number, high: number, into: OtlpTime): void {
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

/** Nanoseconds since 1970, as digits. */
export function nanosecondsText({ seconds, nanos }: OtlpTime): string {
  return String(seconds) + String(1_000_000_000 + nanos).slice(1)
}
