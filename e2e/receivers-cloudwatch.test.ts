/** CloudWatch Logs by AWS's SDK, and what Firehose and Lambda deliver of it. */
import { gzipSync } from 'node:zlib'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorkshop } from './programs.ts'
import { lines, QUIET, queryRange, type StreamResult, startServer, type TestServer } from './server.ts'

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

function clientOf(server: TestServer, credentials = KEY): CloudWatchLogsClient {
  return new CloudWatchLogsClient({ endpoint: server.url, region: 'eu-central-1', credentials })
}

let server: TestServer
let client: CloudWatchLogsClient

beforeAll(async () => {
  const keys = `receivers.cloudwatch.accessKeys=${KEY.accessKeyId}:${KEY.secretAccessKey}`
  server = await startServer({
    args: [
      ...QUIET,
      '--set',
      keys,
      '--set',
      'limits.ingestionRateBytes=40KB',
      '--set',
      'limits.ingestionBurstBytes=40KB',
    ],
  })
  client = clientOf(server)
})
afterAll(async () => {
  client.destroy()
  await server.dispose()
})

describe('the SDK', () => {
  const names = { logGroupName: '/shop/web', logStreamName: 'i-0123/[$LATEST]' }

  test('makes a group and a stream, once', async () => {
    await client.send(new CreateLogGroupCommand({ logGroupName: names.logGroupName, tags: { team: 'a' } }))
    await client.send(new CreateLogStreamCommand(names))
    await expect(client.send(new CreateLogStreamCommand(names))).rejects.toBeInstanceOf(ResourceAlreadyExistsException)
    await client.send(new PutRetentionPolicyCommand({ logGroupName: names.logGroupName, retentionInDays: 14 }))
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/shop' }))
    expect(logGroups).toMatchObject([{ logGroupName: '/shop/web', retentionInDays: 14 }])
  })

  test('puts events that can be read as they were sent', async () => {
    const now = Date.now()
    const messages = ['first', '{"level":"error","text":"한글 😀"}', 'two\nlines\t"quoted" \\']
    const logEvents = messages.map((message, i) => ({ timestamp: now + i, message }))
    const { nextSequenceToken, rejectedLogEventsInfo } = await client.send(
      new PutLogEventsCommand({ ...names, logEvents }),
    )
    expect(nextSequenceToken).toMatch(/^\d+$/)
    expect(rejectedLogEventsInfo).toBeUndefined()
    const { result } = await queryRange(server, '{log_group="/shop/web"}', { direction: 'forward' })
    const streams = result as StreamResult[]
    expect(streams[0]?.stream).toMatchObject({ log_group: '/shop/web', log_stream: names.logStreamName })
    const stored = streams.flatMap(({ values }) => values.map(([ns, line]) => [ns, line])).sort()
    expect(stored).toEqual(messages.map((message, i) => [`${now + i}000000`, message]))
    const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName: names.logGroupName }))
    expect(logStreams).toMatchObject([{ logStreamName: names.logStreamName, lastEventTimestamp: now + 2 }])
  })

  test('is told which events are too old or too new, and what is wrong with a request', async () => {
    const now = Date.now()
    const put = (...times: number[]) =>
      client.send(
        new PutLogEventsCommand({
          ...names,
          logStreamName: 'edge',
          logEvents: times.map((timestamp) => ({ timestamp, message: `${timestamp}` })),
        }),
      )
    const old = now - 7 * 86_400_000
    expect((await put(old - 5000, old - 4000, old + 60_000)).rejectedLogEventsInfo).toEqual({
      tooOldLogEventEndIndex: 2,
    })
    expect((await put(now, now + 3_600_000)).rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 })
    await expect(put(now, now - 1)).rejects.toMatchObject({ name: 'InvalidParameterException' })
    expect(await lines(server, '{log_stream="edge"}', { start: `${old - 10_000}000000` })).toHaveLength(2)
  })

  test('sends again what is throttled, until it is stored', async () => {
    const started = Date.now()
    for (let i = 0; i < 4; i++) {
      const logEvents = [{ timestamp: Date.now(), message: `${i} ${'x'.repeat(20_000)}` }]
      await client.send(new PutLogEventsCommand({ ...names, logStreamName: 'much', logEvents }))
    }
    // 80 KB at 40 KB a second after a burst of as much.
    expect(Date.now() - started).toBeGreaterThan(300)
    const stored = await lines(server, '{log_stream="much"}')
    expect(stored.map((line) => line.slice(0, 2)).sort()).toEqual(['0 ', '1 ', '2 ', '3 '])
  })

  test('is refused with another secret, another key, or a clock that is off', async () => {
    const put = new CreateLogGroupCommand({ logGroupName: 'no' })
    for (const [credentials, name] of [
      [{ ...KEY, secretAccessKey: 'other' }, 'InvalidSignatureException'],
      [{ ...KEY, accessKeyId: 'OTHER' }, 'UnrecognizedClientException'],
    ] as const) {
      const other = clientOf(server, credentials)
      await expect(other.send(put)).rejects.toMatchObject({ name })
      other.destroy()
    }
    const late = new CloudWatchLogsClient({
      endpoint: server.url,
      region: 'eu-central-1',
      credentials: KEY,
      systemClockOffset: -600_000,
      maxAttempts: 1,
    })
    await expect(late.send(put)).rejects.toThrow(/Signature expired/)
    late.destroy()
  })
})

/** The calls of handlers for Python's logging such as watchtower, in their order and with what they expect of each. */
const PYTHON_HANDLER = `
import boto3, logging, sys, time

client = boto3.client("logs", endpoint_url=sys.argv[1], region_name="eu-central-1",
                      aws_access_key_id="${KEY.accessKeyId}", aws_secret_access_key="${KEY.secretAccessKey}")
group = dict(logGroupName="python/shop")
stream = dict(group, logStreamName="web-1")

class Handler(logging.Handler):
    def __init__(self):
        super().__init__()
        for page in client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=group["logGroupName"]):
            for known in page["logGroups"]:
                print("known", known["logGroupName"])
        try:
            client.create_log_group(**group)
        except client.exceptions.ResourceAlreadyExistsException:
            print("exists")
        client.put_retention_policy(retentionInDays=14, **group)

    def emit(self, record):
        events = [dict(timestamp=int(record.created * 1000), message=self.format(record))]
        try:
            answer = client.put_log_events(logEvents=events, **stream)
        except client.exceptions.ResourceNotFoundException:
            client.create_log_stream(**stream)
            answer = client.put_log_events(logEvents=events, **stream)
        print("rejected", answer.get("rejectedLogEventsInfo"))

logging.getLogger().addHandler(Handler())
logging.getLogger("cart").warning("cart %s paid: 한글", sys.argv[2])
`

test("boto3 under Python's logging, twice over", async () => {
  const shop = createWorkshop()
  try {
    const program = shop.file('handler.py', PYTHON_HANDLER)
    const run = async (cart: string) =>
      (await shop.run('/usr/bin/python3', [program, server.url, cart], { PYTHONIOENCODING: 'utf8' })).stdout
    expect(await run('811')).toBe('rejected None\n')
    expect(await run('812')).toBe('known python/shop\nexists\nrejected None\n')
  } finally {
    await shop.dispose()
  }
  const found = await lines(server, '{log_group="python/shop", log_stream="web-1"}', { direction: 'forward' })
  expect(found).toEqual(['cart 811 paid: 한글', 'cart 812 paid: 한글'])
})

describe('the path /', () => {
  test('is still the page for browsers, and nothing for other posts', async () => {
    const page = await server.fetch('/', { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
    await page.text()
    const post = await server.fetch('/', { method: 'POST', body: '{}' })
    expect(post.status).toBe(404)
    await post.text()
  })
})

describe('deliveries', () => {
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/lambda/pay',
    logStream: '1',
    subscriptionFilters: ['all'],
    logEvents: [{ id: '1', timestamp: Date.now(), message: 'paid' }],
  }

  test('of Firehose are stored once, however often they come', async () => {
    const shop = createWorkshop()
    try {
      const data = gzipSync(JSON.stringify(message)).toString('base64')
      const requestId = 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f'
      shop.file('delivery', JSON.stringify({ requestId, timestamp: Date.now(), records: [{ data }] }))
      const { stdout } = await shop.shell(
        `for i in 1 2; do curl -fsS "$URL/firehose" -H 'Content-Type: application/json' -H 'X-Amz-Firehose-Request-Id: ${requestId}' -H 'X-Amz-Firehose-Access-Key: any' --data-binary @delivery; done`,
        { URL: server.url },
      )
      expect(stdout).toMatch(new RegExp(`^(\\{"requestId":"${requestId}","timestamp":\\d{13}\\}){2}$`))
      expect(await lines(server, '{log_group="/aws/lambda/pay"} | aws_account="123456789012"')).toEqual(['paid'])
    } finally {
      await shop.dispose()
    }
  })

  test('of a Lambda function are stored as they are forwarded', async () => {
    const event = { ...message, logGroup: '/aws/lambda/forwarded' }
    const data = gzipSync(JSON.stringify(event)).toString('base64')
    const response = await server.fetch('/awslogs', { method: 'POST', body: JSON.stringify({ awslogs: { data } }) })
    expect([response.status, await response.json()]).toEqual([200, { accepted: 1 }])
    expect(await lines(server, '{log_group="/aws/lambda/forwarded"}')).toEqual(['paid'])
  })
})
