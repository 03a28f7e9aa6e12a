import { describe, expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { fuzzSeed, mutate, Random } from '../testing/random.ts'
import { decodeContent } from './content-encoding.ts'
import { decodeZstd } from './zstd.ts'

const TEXT = Array.from({ length: 40 }, (_, i) => `{"level": "info", "n": ${i}, "message": "request ${i} done"}`).join(
  '\n',
)
/** Written by zstd 1.5 from a pipe (level 3, no size in the header) and from a file (level 19, with the size). */
const PIPED = Buffer.from(
  'KLUv/QRYhQUAMsgXGoDJ0AHaiGcgOWLo32RCy4xsszK0lH0gEz0Bbdu2bdu2bfv/////T5IkSZIkSTpO0zDMsihKkrRPAhp2kSQopBLTKQ6HsHrsCIFpOoPVgdRjkdVh0iAqWD0G3eIgYwRPqDH4/f8MgDOKDxGcEPyDaCIs8gMMBQAgIACAgABA9AAe2BE6kiNw5EbYSI2gkRkhI2MEjLwIF3ktQgGLlhVV4Zg1EaZNiFMWBDxdxCqVL5HJ',
  'base64',
)
const WHOLE = Buffer.from(
  'KLUv/WTTB1UFAFJIFxVw2XAUpUtBQ1NVtfLQTYoB7k/vHg5t27Zt27ZtS5IkSZIkSZL//////whyHIZRFAQxDC35wPYYaVqc4C6LwSimei55jKNYFhM9FwguedJzwZsa6XkueRCTMdDTAk+oEeDv/2eAM4oPEZwQ/INs4UEfpjQACAgAICAAgB7gAXZER+QIjrgRG1EjNGJGZESMwIgXcREtwiJWRAVb1kSYthCnLIh8mohVlS+RyQ==',
  'base64',
)

/** A frame of blocks: a buffer is stored as it is, [byte, count] is one byte many times. */
function frame(blocks: readonly (Buffer | readonly [number, number])[], windowDescriptor = 0x50): Buffer {
  const parts = blocks.map((block, i) => {
    const last = i === blocks.length - 1 ? 1 : 0
    const header = Buffer.alloc(3)
    header.writeUIntLE(Buffer.isBuffer(block) ? last | (block.length << 3) : last | 2 | (block[1] << 3), 0, 3)
    return Buffer.concat([header, Buffer.isBuffer(block) ? block : Buffer.of(block[0])])
  })
  return Buffer.concat([Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, windowDescriptor), ...parts])
}

const refusal = (bytes: Buffer, maxBytes = 1 << 20) =>
  decodeZstd(bytes, maxBytes).then(
    () => undefined,
    (error) => (error instanceof GirokError ? error : Promise.reject(error)),
  )

describe('zstd', () => {
  it('decodes what the tool writes, with and without the size, and several frames', async () => {
    for (const bytes of [PIPED, WHOLE]) expect((await decodeContent(bytes, 'zstd', 1 << 20)).toString()).toBe(TEXT)
    const skippable = Buffer.concat([Buffer.of(0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0), Buffer.from('abc')])
    const both = await decodeZstd(Buffer.concat([PIPED, skippable, WHOLE, frame([Buffer.from('end')])]), 0)
    expect(both.toString()).toBe(`${TEXT}${TEXT}end`)
  })

  it('decodes stored and repeated blocks, up to the limit', async () => {
    const bytes = frame([Buffer.from('abc'), [0x7a, 1000]])
    expect((await decodeZstd(bytes, 1003)).toString()).toBe(`abc${'z'.repeat(1000)}`)
    expect(await refusal(bytes, 1002)).toMatchObject({ code: 'body_too_large' })
    expect(await refusal(WHOLE, TEXT.length - 1)).toMatchObject({ code: 'body_too_large' })
    expect((await decodeZstd(WHOLE, TEXT.length)).length).toBe(TEXT.length)
  })

  it('refuses what is cut off anywhere, no zstd at all, or too wide', async () => {
    for (let length = 0; length < WHOLE.length; length++) {
      expect(await refusal(WHOLE.subarray(0, length)), `${length} bytes`).toMatchObject({ code: 'bad_request' })
    }
    expect(await refusal(Buffer.from('{"not":"zstd"}'))).toMatchObject({ code: 'bad_request' })
    expect(await refusal(frame([Buffer.from('x')], 0xf8))).toMatchObject({ message: expect.stringContaining('window') })
  })

  it('stops bombs early, in time and memory', async () => {
    const before = process.memoryUsage().rss
    const started = performance.now()
    const repeated = (unit: Buffer, times: number, descriptor: number) =>
      Buffer.concat([frame([], descriptor), Buffer.alloc(unit.length * times, unit), Buffer.of(1, 0, 0)])
    // 100 GiB of zeros in 3.2 MB: the headers tell.
    expect((await refusal(repeated(Buffer.of(2, 0, 16, 0), 800_000, 0x50), 100 << 20))?.status).toBe(413)
    // A million blocks of a byte under a window of 8 MiB, each of which would move the whole window.
    expect((await refusal(repeated(Buffer.of(8, 0, 0, 7), 1_000_000, 0x68), 100 << 20))?.status).toBe(413)
    // 128 KiB in each 17 bytes, which tell their size only when decoded.
    const block = Buffer.from('KLUv/QBYdQAAMGdpcm9rIAEA9//JSxE=', 'base64').subarray(6)
    block[0]! &= 0xfe
    expect((await refusal(repeated(block, 100_000, 0x38), 32 << 20))?.status).toBe(413)
    expect(performance.now() - started).toBeLessThan(5000)
    expect(process.memoryUsage().rss - before).toBeLessThan(256 << 20)
  })

  it('survives mutated input', async () => {
    const random = new Random(fuzzSeed('zstd'))
    const outcomes = { decoded: 0, refused: 0 }
    for (let i = 0; i < 6000; i++) {
      const input = mutate(random, random.pick([PIPED, WHOLE, frame([Buffer.from('abc'), [0, 9]])]), [
        '\u0000',
        '\u0028\u00b5',
      ])
      const error = await refusal(input)
      outcomes[error === undefined ? 'decoded' : 'refused']++
    }
    expect(outcomes.refused).toBeGreaterThan(100)
    expect(outcomes.decoded).toBeGreaterThan(100)
  })
})
