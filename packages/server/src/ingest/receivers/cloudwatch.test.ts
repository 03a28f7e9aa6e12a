import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, describe, expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { LogGroups } from '../cloudwatch/groups.ts'
import { openReceiver, type SentRequest } from '../testing/bench-of-receivers.ts'
import { cloudwatch } from './cloudwatch.ts'

/** The signer of AWS's own SDK, the oracle of ours. */
const signer = spawn(process.execPath, [join(import.meta.dirname, '../testing/sdk-signer.mjs')], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const signatures = createInterface({ input: signer.stdout })[Symbol.asyncIterator]()
afterAll(() => signer.stdin.end())

const NOW = Date.UTC(2025, 11, 20, 12)
const KEYS = 'AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY, OTHER:s3cr=t:team-b'

interface Signing {
  readonly id?: string
  readonly secret?: string
  readonly atMs?: number
  readonly service?: string
  readonly query?: Record<string, string>
  readonly headers?: Record<string, string>
}

async function signed(operation: string, body: unknown, signing: Signing = {}): Promise<SentRequest> {
  const { id = 'AKIDEXAMPLE', secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', atMs = NOW } = signing
  const text = JSON.stringify(body)
  const request = {
    method: 'POST',
    protocol: 'http:',
    hostname: 'girok.test',
    path: '/',
    query: signing.query ?? {},
    headers: {
      host: 'girok.test',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Logs_20140328.${operation}`,
      ...signing.headers,
    },
    body: text,
  }
  const credentials = { accessKeyId: id, secretAccessKey: secret }
  const { service = 'logs' } = signing
  signer.stdin.write(`${JSON.stringify({ service, region: 'eu-central-1', credentials, request, atMs })}\n`)
  const { value } = await signatures.next()
  return {
    path: '/',
    headers: JSON.parse(value as string),
    query: new URLSearchParams(signing.query).toString(),
    body: Buffer.from(text),
  }
}

const open = (more: Parameters<typeof openReceiver>[1] = {}) =>
  openReceiver(cloudwatch, { nowMs: NOW, options: { accessKeys: KEYS }, token: 'girok-token', ...more })
const answerOf = ({ body }: { body?: string | Buffer }) => JSON.parse(String(body))
const events = (...given: [number, string][]) => ({
  logGroupName: 'g',
  logStreamName: 's',
  logEvents: given.map(([ms, message]) => ({ timestamp: NOW + ms, message })),
})

describe('signatures', () => {
  it('of the SDK are verified, with a query and odd white space too', async () => {
    for (const signing of [
      {},
      { id: 'OTHER', secret: 's3cr=t' },
      { query: { b: 'x y', a: "é!'()*~+/", 'a-b': '' } },
      { headers: { 'x-amz-note': '  two   spaces ', 'x-amz-security-token': 'session' } },
      { atMs: NOW - 299_000 },
      { atMs: NOW + 299_000 },
    ] satisfies Signing[]) {
      const response = await open().send(await signed('CreateLogGroup', { logGroupName: 'g' }, signing))
      expect([response.status, response.body], JSON.stringify(signing)).toEqual([200, ''])
    }
  })

  it('decide the tenant', async () => {
    const bench = open()
    await bench.send(await signed('PutLogEvents', events([0, 'mine'])))
    await bench.send(await signed('PutLogEvents', events([0, 'theirs']), { id: 'OTHER', secret: 's3cr=t' }))
    expect(bench.batches.map(({ tenant }) => tenant)).toEqual(['t', 'team-b'])
  })

  it('that are not right store nothing', async () => {
    const put = events([0, 'x'])
    const good = await signed('PutLogEvents', put)
    const tampered = (headers: Record<string, string>): SentRequest => ({
      ...good,
      headers: { ...good.headers, ...headers },
    })
    const authorization = good.headers!.authorization!
    for (const [request, type] of [
      [{ ...good, body: Buffer.from(JSON.stringify(events([0, 'y']))) }, 'InvalidSignatureException'],
      [{ ...good, query: 'a=b' }, 'InvalidSignatureException'],
      [tampered({ host: 'other.test' }), 'InvalidSignatureException'],
      [tampered({ 'x-amz-target': 'Logs_20140328.CreateLogGroup' }), 'InvalidSignatureException'],
      [tampered({ 'x-amz-date': '20251220T120001Z' }), 'InvalidSignatureException'],
      [
        tampered({ authorization: authorization.replace(/.$/, (c) => (c === '0' ? '1' : '0')) }),
        'InvalidSignatureException',
      ],
      [
        tampered({ authorization: authorization.replace(/Signature=.*/, 'Signature=') }),
        'IncompleteSignatureException',
      ],
      [tampered({ authorization: authorization.replace(';x-amz-target', '') }), 'IncompleteSignatureException'],
      [tampered({ authorization: authorization.replace('host;', '') }), 'IncompleteSignatureException'],
      [tampered({ authorization: 'AWS4-HMAC-SHA256 nothing' }), 'IncompleteSignatureException'],
      [tampered({ authorization: 'Bearer girok-token' }), 'MissingAuthenticationTokenException'],
      [tampered({ 'x-amz-date': 'today' }), 'IncompleteSignatureException'],
      [await signed('PutLogEvents', put, { id: 'UNKNOWN' }), 'UnrecognizedClientException'],
      [await signed('PutLogEvents', put, { id: '__proto__' }), 'UnrecognizedClientException'],
      [await signed('PutLogEvents', put, { secret: 'wrong' }), 'InvalidSignatureException'],
      [await signed('PutLogEvents', put, { service: 's3' }), 'InvalidSignatureException'],
      [await signed('PutLogEvents', put, { atMs: NOW - 301_000 }), 'InvalidSignatureException'],
      [await signed('PutLogEvents', put, { atMs: NOW + 301_000 }), 'InvalidSignatureException'],
    ] as const) {
      const bench = open()
      const response = await bench.send(request)
      expect([response.status, answerOf(response).__type]).toEqual([400, type])
      expect([bench.batches, bench.rejections.length, bench.imbalance()]).toEqual([[], 1, 0])
    }
  })

  it('are needed even where no token is, and not verified where no key is configured', async () => {
    const bench = openReceiver(cloudwatch, { nowMs: NOW })
    const request = await signed('PutLogEvents', events([0, 'x']), { secret: 'whatever' })
    expect((await bench.send(request)).status).toBe(200)
    const { authorization: _, ...headers } = request.headers!
    expect(answerOf(await bench.send({ ...request, headers })).__type).toBe('MissingAuthenticationTokenException')
    const guarded = openReceiver(cloudwatch, { nowMs: NOW, token: 'girok-token' })
    expect(answerOf(await guarded.send(request)).__type).toBe('UnrecognizedClientException')
  })

  it('may be left out by configuration, then a token decides', async () => {
    const bench = open({ options: { allowUnsigned: true, accessKeys: KEYS } })
    const request = await signed('PutLogEvents', events([0, 'x']))
    const without = (authorization?: string) => {
      const { authorization: _, ...headers } = request.headers!
      return bench.send({ ...request, headers: authorization === undefined ? headers : { ...headers, authorization } })
    }
    expect(answerOf(await without()).__type).toBe('AccessDeniedException')
    expect((await without('Bearer girok-token')).status).toBe(200)
    expect((await bench.send(request)).status).toBe(200)
    expect(answerOf(await without('AWS4-HMAC-SHA256 Credential=x')).__type).toBe('IncompleteSignatureException')
  })
})

describe('access keys', () => {
  it('are texts of id, secret and perhaps tenant', () => {
    const parse = (accessKeys: string) => cloudwatch.options.safeParse({ accessKeys }).success
    for (const good of ['', 'A:b', 'A:b/+=:tenant', 'A:b,C:d:t', KEYS]) expect(parse(good), good).toBe(true)
    for (const bad of ['A', 'A:', ':b', 'A:b:', 'A:b:..', 'A:b:c:d', 'A:b;C:d:e', 'A:b,', 'A b:c']) {
      expect(parse(bad), bad).toBe(false)
    }
  })
})

describe('PutLogEvents', () => {
  const put = async (body: unknown, more: Parameters<typeof openReceiver>[1] = {}) => {
    const bench = open(more)
    const response = await bench.send(await signed('PutLogEvents', body))
    return { bench, response, answer: answerOf(response) }
  }

  it('keeps the limits of the service', async () => {
    const many = Array.from({ length: 10_000 }, (_, i): [number, string] => [i, 'x'])
    expect((await put(events(...many))).bench.records()).toHaveLength(10_000)
    const tooMany = await put(events(...many, [10_000, 'x']))
    expect(tooMany.answer.message).toContain('length less than or equal to 10000')
    const large = 'x'.repeat(131_072 - 26)
    const eight = Array.from({ length: 8 }, (): [number, string] => [0, large])
    expect((await put(events(...eight))).response.status).toBe(200)
    const tooLarge = await put(events(...eight, [0, 'x']))
    expect(tooLarge.answer).toEqual({
      __type: 'InvalidParameterException',
      message: 'Upload too large: more than 1048576 bytes',
    })
    const tooLong = await put(events([0, 'ok'], [0, 'x'.repeat(300)]), { limits: { maxLineSize: 299 } })
    expect(tooLong.answer.message).toBe('Log event too large: 300 bytes exceeds limit of 299 (limits.maxLineSize)')
    expect((await put(events([-86_400_000, 'a'], [0, 'b']))).response.status).toBe(200)
    for (const { bench } of [tooMany, tooLarge, tooLong]) {
      expect([bench.batches, bench.counters.undecodable.total, bench.imbalance()]).toEqual([[], 1, 0])
    }
  })

  it('tells throttling and absence in words by which clients send again', async () => {
    for (const [code, status, type] of [
      ['overloaded', 400, 'ThrottlingException'],
      ['rate_limited', 400, 'ThrottlingException'],
      ['disk_full', 500, 'ServiceUnavailableException'],
      ['store_unavailable', 500, 'ServiceUnavailableException'],
    ] as const) {
      const write = async () => {
        throw new GirokError(code, 'no', { retryAfterSeconds: 2 })
      }
      const { bench, response, answer } = await put(events([0, 'x']), { write })
      expect([response.status, answer.__type, response.headers?.['retry-after']]).toEqual([status, type, '2'])
      expect(bench.imbalance()).toBe(0)
    }
  })

  it('takes the last of two lists, and what is named after them', async () => {
    const body = Buffer.from(
      `{"logEvents":[{"message":"a","timestamp":${NOW}}],"logEvents":[{"message":"b","timestamp":${NOW}}],"logGroupName":"g","logStreamName":"s"}`,
    )
    const bench = openReceiver(cloudwatch, { nowMs: NOW, options: { allowUnsigned: true } })
    const headers = { 'x-amz-target': 'Logs_20140328.PutLogEvents' }
    expect((await bench.send({ path: '/', headers, body })).status).toBe(200)
    expect(bench.records().map(({ line }) => line)).toEqual(['b'])
  })
})

describe('groups and streams', () => {
  it('are created once, come into being by use, and are listed page by page', async () => {
    const bench = open()
    const call = async (operation: string, body: unknown) => {
      const { body: text } = await bench.send(await signed(operation, body))
      return text === '' ? {} : JSON.parse(String(text))
    }
    expect(await call('CreateLogGroup', { logGroupName: 'g' })).toEqual({})
    expect((await call('CreateLogGroup', { logGroupName: 'g' })).__type).toBe('ResourceAlreadyExistsException')
    for (const name of ['b', 'a', 'c']) await call('CreateLogStream', { logGroupName: 'g', logStreamName: name })
    const twice = await call('CreateLogStream', { logGroupName: 'g', logStreamName: 'b' })
    expect(twice.__type).toBe('ResourceAlreadyExistsException')
    await call('PutLogEvents', { ...events([-5, 'x'], [0, 'y']), logGroupName: 'g2' })
    await call('PutRetentionPolicy', { logGroupName: 'g2', retentionInDays: 7 })
    expect((await call('DescribeLogGroups', { logGroupNamePrefix: 'g' })).logGroups).toMatchObject([
      { logGroupName: 'g' },
      { logGroupName: 'g2', retentionInDays: 7 },
    ])
    const first = await call('DescribeLogStreams', { logGroupName: 'g', limit: 2 })
    expect(first.logStreams.map((one: { logStreamName: string }) => one.logStreamName)).toEqual(['a', 'b'])
    const second = await call('DescribeLogStreams', { logGroupName: 'g', limit: 2, nextToken: first.nextToken })
    expect(second).toMatchObject({ logStreams: [{ logStreamName: 'c' }] })
    expect(second.nextToken).toBeUndefined()
    expect((await call('DescribeLogStreams', { logGroupName: 'g2' })).logStreams).toMatchObject([
      { logStreamName: 's', firstEventTimestamp: NOW - 5, lastEventTimestamp: NOW, lastIngestionTime: NOW },
    ])
    expect((await call('DescribeLogStreams', { logGroupName: 'g', limit: 51 })).__type).toBe(
      'InvalidParameterException',
    )
    expect((await call('DescribeLogStreams', { logGroupName: 'g', nextToken: 'x' })).__type).toBe(
      'InvalidParameterException',
    )
  })

  it('are bounded: those unused for longest are forgotten', () => {
    const groups = new LogGroups()
    groups.createGroup('t', 'first', 0)
    for (let i = 0; i < 49_998; i++) groups.createStream('t', 'wide', `s${i}`, 0)
    expect(groups.groups('t', '').map(({ name }) => name)).toEqual(['first', 'wide'])
    groups.createStream('t', 'wide', 'one more', 0)
    expect(groups.groups('t', '').map(({ name }) => name)).toEqual(['wide'])
    groups.createStream('t', 'wide', 'and another', 0)
    expect(groups.streams('t', 'wide', '')).toHaveLength(49_999)
    expect(groups.streams('t', 'wide', 's0').map(({ name }) => name)).not.toContain('s0')
  })
})

describe('the path /', () => {
  it('is this receiver only with its header', () => {
    const [route] = open().routes
    const request = {
      method: 'POST' as const,
      pathname: '/',
      path: {},
      query: new URLSearchParams(),
      remoteAddress: '',
    }
    expect(route!.applies!({ ...request, headers: { 'x-amz-target': 'Logs_20140328.PutLogEvents' } })).toBe(true)
    for (const headers of [{}, { 'x-amz-target': 'DynamoDB_20120810.PutItem' }]) {
      expect(route!.applies!({ ...request, headers })).toBe(false)
    }
  })
})
