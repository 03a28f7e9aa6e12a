import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { s3Options } from './options.ts'
import { type FakeS3, refuse, startFakeS3 } from './testing/fake-s3.ts'
import { openBucket, S3Refusal } from './upload.ts'

const NEVER = new AbortController().signal
let folder: string
let s3: FakeS3

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'girok-s3-'))
  writeFileSync(join(folder, 'id'), 'AKID\n')
  writeFileSync(join(folder, 'secret'), 'a/secret+key\n')
  s3 = await startFakeS3()
})
afterEach(async () => {
  await s3.close()
  rmSync(folder, { recursive: true, force: true })
})

function bucket(more: object = {}) {
  const keys = { accessKeyIdFile: join(folder, 'id'), secretAccessKeyFile: join(folder, 'secret') }
  return openBucket(parse(s3Options, { endpoint: s3.url, bucket: 'my-bucket', prefix: 'logs/', ...keys, ...more }))
}

function file(bytes: Buffer): string {
  const path = join(folder, 'file')
  writeFileSync(path, bytes)
  return path
}

test.for(['logs_backup_20251220.tar.gz', "오늘 a+b&c=d~e'(f)*!.gz", 'deep/er/name.gz'])(
  '%s is uploaded whole',
  async (key) => {
    const bytes = randomBytes(200_000)
    await bucket().put(key, file(bytes), NEVER)
    expect([...s3.objects.keys()]).toEqual([`/my-bucket/logs/${key}`])
    expect(s3.objects.get(`/my-bucket/logs/${key}`)?.equals(bytes)).toBe(true)
    expect(await bucket().size(key, NEVER)).toBe(200_000)
    expect(await bucket().size('other', NEVER)).toBeUndefined()
  },
)

test('an empty file is an object, too', async () => {
  await bucket().put('empty', file(Buffer.alloc(0)), NEVER)
  expect(s3.objects.get('/my-bucket/logs/empty')).toHaveLength(0)
})

test('a large file goes in parts and is there whole; a part that fails is sent again', async () => {
  const bytes = randomBytes(12 * 1024 * 1024 + 17)
  let failed = 0
  s3.disturb = (request, response) => {
    if (!request.url?.includes('partNumber=2') || ++failed > 2) return false
    if (failed === 1) request.socket.destroy()
    else refuse(response, 503, 'SlowDown')
    return true
  }
  await bucket({ partBytes: '5MiB' }).put('big', file(bytes), NEVER)
  expect(s3.objects.get('/my-bucket/logs/big')?.equals(bytes)).toBe(true)
  expect(s3.open.size).toBe(0)
  expect(s3.asked.filter((line) => line.includes('partNumber='))).toHaveLength(5)
})

test('an upload of parts that cannot be joined is given up, and its parts removed', async () => {
  s3.disturb = (request, response) => {
    if (request.method !== 'POST' || !request.url?.includes('uploadId=')) return false
    response.end('<?xml version="1.0"?><Error><Code>InternalError</Code><Message>We lost it</Message></Error>')
    return true
  }
  const putting = bucket({ partBytes: '5MiB', tries: 2 }).put('big', file(randomBytes(6 * 1024 * 1024)), NEVER)
  await expect(putting).rejects.toThrow(/InternalError: We lost it \(tried 2 times\)/)
  expect([s3.objects.size, s3.open.size]).toEqual([0, 0])
})

test('a refusal is told at once in the words of the server, a wrong key as well; silence costs a try', async () => {
  s3.disturb = (_request, response) => {
    refuse(response, 404, 'NoSuchBucket')
    return true
  }
  await expect(bucket().put('a', file(Buffer.from('x')), NEVER)).rejects.toThrow(S3Refusal)
  expect(s3.asked).toHaveLength(1)
  s3.disturb = undefined
  writeFileSync(join(folder, 'secret'), 'wrong')
  await expect(bucket().put('a', file(Buffer.from('x')), NEVER)).rejects.toThrow('answered 403 SignatureDoesNotMatch')
  s3.disturb = () => true
  const silent = bucket({ timeout: '200ms', tries: 2 }).put('a', file(Buffer.from('x')), NEVER)
  await expect(silent).rejects.toThrow(/nothing came or went for 200 ms \(tried 2 times\)/)
})

test('without keys it says which are missing', () => {
  expect(() => openBucket(parse(s3Options, { bucket: 'abc', accessKeyIdEnv: 'GIROK_TEST_NONE' }))).toThrow(
    'the variable GIROK_TEST_NONE is not set',
  )
  expect(() => parse(s3Options, { bucket: 'abc', endpoint: 'ftp://x' })).toThrow(/http/)
})
