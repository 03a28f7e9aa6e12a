import { encodeUtf8 } from '../../template/utf8.ts'

/** Bytes that one round of absorbing takes: the state's 200 less twice the digest's 32. */
const RATE = 136
const ROUNDS = 24
const MASK = (1n << 64n) - 1n

/** FIPS 202: constants of the step iota by its shift register, offsets of rho along the path of pi. */
const IOTA: bigint[] = []
const RHO: number[] = new Array(25).fill(0)
const PI: number[] = new Array(25).fill(0)

let register = 1
for (let round = 0; round < ROUNDS; round++) {
  let constant = 0n
  for (let bit = 0; bit < 7; bit++) {
    if ((register & 1) === 1) constant |= 1n << BigInt(2 ** bit - 1)
    register = ((register << 1) ^ ((register >> 7) * 0x71)) & 0xff
  }
  IOTA.push(constant)
}
for (let step = 0, x = 1, y = 0; step < 24; step++) {
  RHO[x + 5 * y] = (((step + 1) * (step + 2)) / 2) % 64
  const next = (2 * x + 3 * y) % 5
  x = y
  y = next
}
for (let x = 0; x < 5; x++) for (let y = 0; y < 5; y++) PI[y + 5 * ((2 * x + 3 * y) % 5)] = x + 5 * y

function rotate(lane: bigint, bits: number): bigint {
  return ((lane << BigInt(bits)) | (lane >> BigInt(64 - bits))) & MASK
}

function permute(state: bigint[]): void {
  const parity: bigint[] = [0n, 0n, 0n, 0n, 0n]
  const moved: bigint[] = new Array(25).fill(0n)
  for (const constant of IOTA) {
    for (let x = 0; x < 5; x++) {
      parity[x] = 0n
      for (let y = 0; y < 25; y += 5) parity[x] = (parity[x] as bigint) ^ (state[x + y] as bigint)
    }
    for (let lane = 0; lane < 25; lane++) {
      const x = lane % 5
      const around = (parity[(x + 4) % 5] as bigint) ^ rotate(parity[(x + 1) % 5] as bigint, 1)
      state[lane] = (state[lane] as bigint) ^ around
    }
    for (let lane = 0; lane < 25; lane++) {
      const from = PI[lane] as number
      moved[lane] = rotate(state[from] as bigint, RHO[from] as number)
    }
    for (let lane = 0; lane < 25; lane++) {
      const row = lane - (lane % 5)
      const next = moved[row + ((lane + 1) % 5)] as bigint
      const after = moved[row + ((lane + 2) % 5)] as bigint
      state[lane] = (moved[lane] as bigint) ^ (~next & MASK & after)
    }
    state[0] = (state[0] as bigint) ^ constant
  }
}

/** SHA3-256 of the text in UTF-8, in hexadecimal digits. */
export function sha3(text: string): string {
  const message = encodeUtf8(text)
  const padded = new Uint8Array((Math.floor(message.length / RATE) + 1) * RATE)
  padded.set(message)
  padded[message.length] = 0x06
  padded[padded.length - 1] = (padded[padded.length - 1] as number) | 0x80
  const view = new DataView(padded.buffer)
  const state: bigint[] = new Array(25).fill(0n)
  for (let at = 0; at < padded.length; at += RATE) {
    for (let lane = 0; lane < RATE / 8; lane++) {
      state[lane] = (state[lane] as bigint) ^ view.getBigUint64(at + lane * 8, true)
    }
    permute(state)
  }
  const digest = new DataView(new ArrayBuffer(32))
  for (let lane = 0; lane < 4; lane++) digest.setBigUint64(lane * 8, state[lane] as bigint, true)
  let digits = ''
  for (let i = 0; i < 32; i++) digits += digest.getUint8(i).toString(16).padStart(2, '0')
  return digits
}
