import { describe, expect, it } from 'vitest'
import { createRandom } from '../../testing/random.ts'
import { cardNumber } from '../testing/secrets.ts'
import { builtinPatterns } from './builtin-patterns.ts'
import { type PatternName, scrubber } from './patterns.ts'
import { piiPatterns } from './presets.ts'

const scrub = (name: PatternName | RegExp) => scrubber([name], () => '#') as (text: string) => string
const all = scrubber(piiPatterns, () => '#') as (text: string) => string

describe('built-in patterns find', () => {
  it.each<[PatternName, string, string]>([
    ['email', 'to kim.lee+ads@mail.example.co.kr, now', 'to #, now'],
    ['email', 'q=kim%40example.com&x', 'q=#&x'],
    ['email', '<김@예시.한국>', '<#>'],
    ['card', 'card 4111 1111 1111 1111.', 'card #.'],
    ['card', '12 4111-1111-1111-1111 123', '12 # 123'],
    ['card', '2024 4111 1111 1111 1111', '2024 #'],
    ['card', '378282246310005 3782 822463 10005', '# #'],
    ['card', 'card4111111111111111x', 'card#x'],
    ['phone', 'call 010-1234-5678!', 'call #!'],
    ['phone', '전화010 1234 5678로', '전화#로'],
    ['phone', '01012345678, +821012345678, +82-10-1234-5678', '#, #, #'],
    ['phone', '(02) 123-4567 / 031-123-4567', '# / #'],
    ['phone', '090-1234-5678, 03-1234-5678, +81 3 1234 5678', '#, #, #'],
    ['phone', '+1 (415) 555-2671', '#'],
    ['jwt', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl ok', 'got # ok'],
    ['jwt', 'sid_eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0', 'sid_#'],
    ['apiKey', 'AKIAIOSFODNN7EXAMPLE', '#'],
    ['apiKey', 'Authorization: Bearer abc.def-123', 'Authorization: Bearer #'],
    ['apiKey', 'authorization=bearer%20x Basic dXNlcjpwYXNz', 'authorization=bearer%20x Basic #'],
    ['apiKey', 'sk-ant-api03-abcdefghijklmnop', '#'],
    ['urlPassword', 'redis://app:s3cr3t@db:6379/0', 'redis://app:#@db:6379/0'],
    ['urlPassword', 'redis://:s3cr3t@db', 'redis://:#@db'],
    ['assignment', 'db_password=x&a=1', 'db_password=#&a=1'],
    ['assignment', '{"apiKey": "x y", "a": 1}', '{"apiKey": "#", "a": 1}'],
    ['assignment', '{\\"token\\":\\"xyz\\"}', '{\\"token\\":\\"#\\"}'],
    ['privateKey', 'a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- b', 'a # b'],
    ['privateKey', '-----BEGIN PRIVATE KEY-----\nMII cut off', '#'],
    ['residentNumber', '주민번호 900101-1234567.', '주민번호 #.'],
    ['ssn', 'ssn 123-45-6789', 'ssn #'],
  ])('%s in %s', (name, text, expected) => {
    expect(scrub(name)(text)).toBe(expected)
  })

  it('10,000 cards of all issuers, in a text and alone', () => {
    const random = createRandom(7)
    const issuers = [
      ['4', 16],
      ['51', 16],
      ['2720', 16],
      ['34', 15],
      ['6011', 16],
      ['3589', 16],
      ['62', 17],
    ] as const
    for (let index = 0; index < 10_000; index++) {
      const [prefix, length] = random.pick(issuers)
      const number = cardNumber(random, prefix, length)
      expect(scrub('card')(`id 77 ${number}, ok`)).toBe('id 77 #, ok')
    }
  })
})

describe('built-in patterns leave alone', () => {
  it.each([
    '2026-01-31T08:05:07.042Z',
    '2026-01-31 08:05:07,042+09:00',
    '1769846707042',
    '1769846707042123456',
    '1769846707.042',
    '4111 1111 1111 1112',
    '0.4111111111111111',
    '4111111111111111.5',
    '550e8400-e29b-41d4-a716-446655440000',
    '01012345-6789-4123-8123-446655440000',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '192.168.100.200:65535',
    '070.080.090.100',
    '2001:db8::ff00:42:8329',
    'took 1234.5678 ms, 00:01:02.345',
    '₩1,234,567,890 or $12,345.67',
    'order-0000012345',
    '+12.5 % (1e+12345)',
    'v1.20.300-4567',
    '02-30 of 2026',
    '7.0.2-1234-5678',
    'bearer authentication failed',
    'Basic understanding of it',
    'token: unexpected',
    'max_token_count=3',
    'eyJust a word',
    'git@github',
    '@decorated',
    'http://host:8080/a@b',
    'skip-this-and-that',
    '123-45-67890',
  ])('%s', (text) => {
    expect(all(text)).toBe(text)
    expect(all(`a ${text}, b`)).toBe(`a ${text}, b`)
  })

  it('100,000 trace ids, uuids, timestamps, addresses and durations, but for one in 10,000', () => {
    const random = createRandom(11)
    const hex = (length: number) => random.text('0123456789abcdef', length)
    const makers = [
      () => hex(32),
      () => `${hex(8)}-${hex(4)}-4${hex(3)}-${random.pick(['8', '9', 'a', 'b'])}${hex(3)}-${hex(12)}`,
      () => String(1.7e12 + random.whole(1e11)),
      () => `17${random.text('0123456789', 17)}`,
      () => `10.${random.whole(256)}.${random.whole(256)}.${random.whole(256)}:${random.whole(65536)}`,
      () => `${random.whole(100)}.${random.text('0123456789', 15)}`,
      () => new Date(1.7e12 + random.whole(1e11)).toISOString(),
      () => `${random.whole(1e6)}.${random.text('0123456789', 2)} USD`,
    ]
    let found = 0
    for (let index = 0; index < 100_000; index++) {
      const text = random.pick(makers)()
      if (all(text) !== text) found++
    }
    expect(found).toBeLessThan(10)
  })
})

describe('hostile texts', () => {
  const MB = 2 ** 20
  const texts = [
    'a',
    '1',
    '1 ',
    '4 ',
    '4111 ',
    '4111-',
    '@',
    'a@',
    'a.',
    'a@a.',
    '%40',
    'eyJ',
    'eyJa.',
    '+1',
    '+1 ',
    '0',
    '010-',
  ]
    .concat([
      'Bearer ',
      'basic  ',
      '://',
      '://:',
      '://a:',
      'sk-',
      'SG.',
      'SG.aaaaaaaaaaaaaaaaa',
      'ghp_',
      'password',
      'token=',
      '"token":"',
    ])
    .concat([
      '-----BEGIN PRIVATE KEY-----',
      '-----BEGIN ',
      '123-45-',
      '900101-',
      '(02)',
      'AKIA',
      'token  ',
      'a.a@',
      '\\"',
      'xoxb-',
    ])

  // A pattern that looks at each place anew takes minutes; how fast the others are is not for a test to say.
  it.each(piiPatterns)('%s takes under 2 s for 1 MB of any of them', (name) => {
    const step = scrub(name)
    const slow = texts.flatMap((unit) => {
      const text = unit.repeat(MB / unit.length)
      // The least of three: other work on the machine is not ours.
      const times = [0, 1, 2].map(() => {
        const { user } = process.cpuUsage()
        step(text)
        return (process.cpuUsage().user - user) / 1000
      })
      const least = Math.min(...times)
      return least < 2000 ? [] : [`${unit}: ${least} ms`]
    })
    expect(slow).toEqual([])
  })
})

describe('patterns of your own', () => {
  it('replace the whole match, wherever the expression stopped before', () => {
    const step = scrub(/EMP-(\d+)/gy)
    expect(step('EMP-1 and EMP-22')).toBe('# and #')
    expect(step('EMP-1')).toBe('#')
  })

  it('must not match the empty text', () => {
    expect(() => scrub(/x*/)).toThrow(/matches the empty text/)
  })

  it('are told from names', () => {
    expect(() => scrub('emial' as PatternName)).toThrow(/unknown redaction pattern "emial"/)
    expect(Object.keys(builtinPatterns)).toEqual(piiPatterns)
  })
})
