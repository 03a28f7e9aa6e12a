import { describe, expect, test } from 'vitest'
import { runStages } from '../testing/run.ts'

const masked = (options: object, line: string) => runStages([{ mask: options }], [line]).out[0]?.line
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'

describe('detectors', () => {
  test.each<[string, string, string]>([
    ['email', 'to bob.o+x@mail.example.co.kr, now', 'to <email>, now'],
    ['email', '보낸이 홍길동@예시.한국.', '보낸이 <email>.'],
    ['email', 'user@localhost @ a@b', 'user@localhost @ a@b'],
    ['creditCard', 'card 4111 1111 1111 1111.', 'card <creditCard>.'],
    ['creditCard', '4111-1111-1111-1111 123 09 26', '<creditCard> 123 09 26'],
    ['creditCard', 'amex 378282246310005, 5555-5555-5555-4444', 'amex <creditCard>, <creditCard>'],
    ['creditCard', 'id 4111111111111112 1705276800123', 'id 4111111111111112 1705276800123'],
    ['iban', 'DE89370400440532013000 and GB82 WEST 1234 5698 7654 32 is', '<iban> and <iban> is'],
    ['iban', 'DE88370400440532013000', 'DE88370400440532013000'],
    ['ipv4', 'from 10.0.0.1:80, 192.168.1.255.', 'from <ipv4>:80, <ipv4>.'],
    ['ipv4', 'v1.2.3.4.5 256.1.1.1 1.2.3', 'v1.2.3.4.5 256.1.1.1 1.2.3'],
    ['ipv6', '[2001:db8::1]:443 fe80::1 ::1', '[<ipv6>]:443 <ipv6> <ipv6>'],
    ['ipv6', 'at 12:34:56 std::cout abc::def a:b', 'at 12:34:56 std::cout abc::def a:b'],
    ['phone', 'call +82-10-1234-5678 or 010-1234-5678, 01012345678', 'call <phone> or <phone>, <phone>'],
    ['phone', '03-1234-5678 090-1234-5678 02-123-4567 +14155552671', '<phone> <phone> <phone> <phone>'],
    ['phone', '2024-01-15 1705276800 0212345678', '2024-01-15 1705276800 0212345678'],
    ['residentNumber', '880101-1234567, 8801011234568', '<residentNumber>, <residentNumber>'],
    ['residentNumber', '881301-1234567 8801011234567', '881301-1234567 8801011234567'],
    ['jwt', `token=${jwt};`, 'token=<jwt>;'],
    ['bearer', 'Authorization: Bearer abcDEF123.-_~+/==, x', 'Authorization: Bearer <bearer>, x'],
    ['awsKey', 'AKIAIOSFODNN7EXAMPLE', '<awsKey>'],
    ['awsKey', 'aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'aws_secret_access_key=<awsKey>'],
    ['githubToken', `ghp_${'a1B2'.repeat(9)}`, '<githubToken>'],
    ['slackToken', 'xoxb-123456789012-abcdef', '<slackToken>'],
  ])('%s: %s', (name, line, expected) => {
    expect(masked({ detect: [name] }, line)).toBe(expected)
  })

  test('all at once', () => {
    expect(masked({ detect: 'all' }, `a@b.co Bearer ${jwt} 10.0.0.1`)).toBe('<email> Bearer <jwt> <ipv4>')
    const harmless = '2024-01-15T10:00:00.123Z INFO order 20240115-0001 took 123.456 ms, 1705276800123 ok'
    expect(masked({ detect: 'all' }, harmless)).toBe(harmless)
  })
})

describe('fields', () => {
  const options = { fields: ['password', 'api-key'] }
  test.each([
    ['{"password":"a\\"b","x":1}', '{"password":"<field>","x":1}'],
    ['{"a":{"PassWord" : 12},"api-key":null}', '{"a":{"PassWord" : "<field>"},"api-key":null}'],
    ['{"password":{"a":[1,"}"]},"x":[1]}', '{"password":"<field>","x":[1]}'],
    ['{"m":"{\\"password\\":\\"s\\",\\"y\\":1}"}', '{"m":"{\\"password\\":\\"<field>\\",\\"y\\":1}"}'],
    ['user=x password=s3cret api-key="a b" z', 'user=x password=<field> api-key="<field>" z'],
    ["{'password': 'x y', 'b': 1}", "{'password': '<field>', 'b': 1}"],
    ['the password: hunter2, done', 'the password: <field>, done'],
    ['GET /?password=abc&x=1', 'GET /?password=<field>&x=1'],
    ['mypassword=1 {"nopassword":"x"}', 'mypassword=1 {"nopassword":"x"}'],
    ['{"password":"cut', '{"password":"<field>'],
    ['{"password":{"cut', '{"password":"<field>"'],
  ])('%s', (line, expected) => {
    expect(masked(options, line)).toBe(expected)
  })
})

describe('what stands in the place of secrets', () => {
  const line = 'a@b.co and a@b.co, c@d.co'
  test('a text of choice, or nothing', () => {
    expect(masked({ detect: 'email', replacement: '***' }, line)).toBe('*** and ***, ***')
    expect(masked({ detect: 'email', action: 'remove' }, line)).toBe(' and , ')
  })

  test('a hash that is the same for the same value and salt', () => {
    const [, one, two, other] =
      /^(<.*>) and (<.*>), (<.*>)$/.exec(masked({ detect: 'email', action: 'hash', salt: 'x' }, line) as string) ?? []
    expect(one).toMatch(/^<email:[0-9a-f]{12}>$/)
    expect(two).toBe(one)
    expect(other).not.toBe(one)
    expect(masked({ detect: 'email', action: 'hash', salt: 'y' }, line)).not.toContain(one)
  })

  test('expressions, whole or by their groups', () => {
    expect(masked({ expressions: { order: 'order-(\\d+)' } }, 'order-12 order-x')).toBe('order-<order> order-x')
    expect(masked({ expressions: ['\\d+'] }, 'a1b22')).toBe('a<masked>b<masked>')
  })

  test('within an extracted value', () => {
    const config = [{ json: {} }, { mask: { source: 'to', detect: 'email' } }, { output: { source: 'to' } }]
    expect(runStages(config, ['{"to":"a@b.co"}']).out[0]?.line).toBe('<email>')
  })
})

test('no line takes long', () => {
  const hostile = [
    'a',
    '@',
    'a@',
    '1',
    '1 ',
    '1-',
    '1.',
    ':',
    'f:',
    'eyJ',
    'eyJaaaaa.',
    '-',
    'Bearer ',
    '\\',
    '"password"',
    ' ',
    '+1',
    'DE00',
    'xoxb-',
  ]
  for (const part of hostile) {
    const line = part.repeat(100_000 / part.length)
    const started = performance.now()
    masked({ detect: 'all', fields: ['password'] }, line)
    expect(performance.now() - started, part).toBeLessThan(5_000)
  }
}, 30_000)
