import { describe, expect, it } from 'vitest'
import { END_OF_TIME_SECONDS } from '../../model/batch.ts'
import { DEFAULT_LIMITS, NO_LIMITS } from '../testing/limits.ts'
import { Admission, NotAdmitted } from './admission.ts'
import { Assembler } from './assembler.ts'
import { metadataName } from './metadata-name.ts'
import { resolveLabels, StreamDirectory } from './stream-directory.ts'

const outcomeOf = (value: string) => resolveLabels('t', [['app', value]], NO_LIMITS)

function assembled(streams: readonly string[], bytesEach = 10) {
  const assembler = new Assembler('t', 'r', Buffer.alloc(bytesEach), NO_LIMITS, 0)
  for (const name of streams) {
    assembler.entry(1, 0, 0, bytesEach)
    assembler.endStream(outcomeOf(name))
  }
  return assembler.finish()
}

describe('metadataName', () => {
  it.each([
    ['trace_id', 'trace_id'],
    ['a..b', 'a_b'],
    ['a__b', 'a_b'],
    ['123a', 'key_123a'],
    ['__x__', '__x__'],
    ['http.status-code', 'http_status_code'],
    ['é1', '_1'],
  ])('%s becomes %s', (name, normal) => {
    expect(metadataName(name)).toBe(normal)
    expect(metadataName(name)).toBe(normal)
  })
  it.each(['', '_', '___', '.-'])('refuses %j', (name) => {
    expect(() => metadataName(name)).toThrow(/no letter or digit/)
  })
})

describe('resolveLabels', () => {
  it('drops empty values and refuses what is left without labels', () => {
    expect(
      resolveLabels(
        't',
        [
          ['b', 'x'],
          ['a', ''],
        ],
        DEFAULT_LIMITS,
      ).stream?.text,
    ).toBe('{b="x"}')
    expect(resolveLabels('t', [['a', '']], DEFAULT_LIMITS).refused?.reason).toBe('missing_labels')
  })
  it.each<[string, [string, string][], RegExp]>([
    ['invalid_labels', [['a-b', 'x']], /couldn't parse labels: "a-b"/],
    ['label_name_too_long', [['n'.repeat(1025), 'x']], /label name too long: 'n{300}…'/],
    ['label_value_too_long', [['a', '한'.repeat(700)]], /label value too long/],
    [
      'max_label_names_per_series',
      Array.from({ length: 16 }, (_, i) => [`l${i}`, 'x']),
      /has 16 label names; limit 15/,
    ],
  ])('%s', (reason, pairs, text) => {
    const { refused } = resolveLabels('t', pairs, DEFAULT_LIMITS)
    expect(refused?.reason).toBe(reason)
    expect(refused?.text).toMatch(text)
    expect(refused!.text.length).toBeLessThan(1000)
  })
})

describe('StreamDirectory', () => {
  it('keeps tenants apart, keeps what is used and forgets the rest', () => {
    const directory = new StreamDirectory()
    const kept = outcomeOf('kept')
    directory.set('t', 'kept', kept)
    directory.set('t', 'once', outcomeOf('once'))
    for (let i = 0; i < 50_000; i++) {
      directory.set('t', `s${i}`, kept)
      if (i % 1000 === 0) expect(directory.get('t', 'kept')).toBe(kept)
    }
    expect(directory.get('t', 'once')).toBeUndefined()
    expect(directory.get('u', 'kept')).toBeUndefined()
    directory.set('t', 'x'.repeat(5000), kept)
    expect(directory.get('t', 'x'.repeat(5000))).toBeUndefined()
  })
})

describe('Assembler', () => {
  it('joins streams of equal labels and takes records back on restart', () => {
    const assembler = new Assembler('t', 'r', Buffer.from('abcdef'), NO_LIMITS, 0)
    assembler.entry(1, 5, 0, 1)
    assembler.restartStream()
    assembler.entryWithMetadata(2, 0, 0, 2, ['k', 'v'])
    assembler.endStream(outcomeOf('x'))
    assembler.entry(3, 0, 2, 3)
    assembler.endStream(outcomeOf('y'))
    assembler.entry(4, 0, 3, 6)
    assembler.endStream(outcomeOf('x'))
    const { batch, streamBytes } = assembler.finish()
    expect(batch.count).toBe(3)
    expect([...batch.stream.subarray(0, 3)]).toEqual([0, 1, 0])
    expect([...batch.seconds.subarray(0, 3)]).toEqual([2, 3, 4])
    expect(batch.metadata?.[0]).toEqual(['k', 'v'])
    expect(streamBytes).toEqual([7, 1])
  })

  it('counts every record of a stream without usable labels as refused once', () => {
    const assembler = new Assembler(
      't',
      'r',
      Buffer.from('abc'),
      { ...DEFAULT_LIMITS, maxLineSize: 2 },
      1_000_000_000_000,
    )
    for (const end of [1, 2, 3]) assembler.entry(1_000_000_000, 0, 0, end)
    assembler.endStream(resolveLabels('t', [], DEFAULT_LIMITS))
    assembler.entry(1_000_000_000, 0, 0, 3)
    assembler.entry(0, 0, 0, 1)
    assembler.entry(1_000_000_601, 0, 0, 1)
    assembler.entry(1_000_000_600, 0, 0, 1)
    assembler.endStream(outcomeOf('x'))
    const { batch, refusals } = assembler.finish()
    expect(batch.count).toBe(1)
    expect([...refusals.groups()].map(({ reason, count }) => [reason, count])).toEqual([
      ['missing_labels', 3],
      ['line_too_long', 1],
      ['greater_than_max_sample_age', 1],
      ['too_far_in_future', 1],
    ])
  })

  it('refuses times that the model cannot hold even without limits', () => {
    const assembler = new Assembler('t', 'r', Buffer.alloc(1), NO_LIMITS, 0)
    for (const seconds of [-1, END_OF_TIME_SECONDS, 2 ** 64, Number.NaN]) assembler.entry(seconds, 0, 0, 1)
    assembler.entry(END_OF_TIME_SECONDS - 1, 999_999_999, 0, 1)
    assembler.endStream(outcomeOf('x'))
    expect([assembler.count, assembler.refusals.total]).toEqual([1, 4])
  })

  it('refuses a request of more records or streams than it can hold', () => {
    const assembler = new Assembler('t', 'r', Buffer.alloc(1), NO_LIMITS, 0)
    expect(() => {
      for (let i = 0; i <= 1 << 20; i++) assembler.entry(1, 0, 0, 0)
    }).toThrow(/more than 1048576 records/)
  })
})

describe('Admission', () => {
  const now = 1_000_000
  it('limits each stream, all or nothing, and says how long to wait', () => {
    const limits = { ...NO_LIMITS, perStreamRateBytes: 100, perStreamBurstBytes: 200 }
    let clock = now
    const admission = new Admission(limits, () => clock)
    admission.admit(assembled(['a'], 200))
    expect(() => admission.admit(assembled(['b', 'a'], 50))).toThrow(
      /per stream rate limit exceeded .* stream '{app="a"}'/,
    )
    // Nothing was taken from b by the refused batch.
    admission.admit(assembled(['b'], 200))
    clock += 500
    admission.admit(assembled(['a'], 50))
    try {
      admission.admit(assembled(['a'], 200))
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(NotAdmitted)
      expect((error as NotAdmitted).retryAfterSeconds).toBe(2)
      expect((error as NotAdmitted).reason).toBe('per_stream_rate_limit')
    }
  })

  it('limits the streams active within an hour, per tenant', () => {
    let clock = now
    const admission = new Admission({ ...NO_LIMITS, maxStreamsPerTenant: 2 }, () => clock)
    admission.admit(assembled(['a', 'b']))
    expect(() => admission.admit(assembled(['a', 'c']))).toThrow(
      /maximum active stream limit exceeded.*{app="c"}, limit: 2/,
    )
    clock += 1_800_000
    admission.admit(assembled(['a']))
    clock += 1_800_001
    admission.admit(assembled(['a', 'c']))
    expect(() => admission.admit(assembled(['b']))).toThrow(/stream limit/)
  })
})
