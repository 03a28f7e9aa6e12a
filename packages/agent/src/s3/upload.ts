import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { credentialsOf, type S3Options } from './options.ts'
import { type S3Answer, type S3Body, send } from './request.ts'
import { encodeS3, sha256, signedHeaders, UNSIGNED_PAYLOAD } from './sign.ts'

/** S3 takes at most so many parts. */
const MAX_PARTS = 10_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

/** A refusal that trying again does not mend. */
export class S3Refusal extends Error {
  override readonly name = 'S3Refusal'
}

export interface S3Bucket {
  /** For messages: `s3://bucket/prefix`. */
  readonly name: string
  /** Bytes of an object; undefined when there is none. Rejects as `put` does. */
  size(key: string, signal: AbortSignal): Promise<number | undefined>
  /**
   * Uploads a file that does not change, in parts when it is large; it is there as a whole or not at all.
   * Rejects with an Error in words for users: S3Refusal, or what failed at the last of all tries.
   */
  put(key: string, path: string, signal: AbortSignal): Promise<void>
}

/** @throws Error when the credentials are not there */
export function openBucket(options: S3Options, now: () => number = Date.now): S3Bucket {
  const { region, bucket, prefix, partBytes, storageClass } = options
  const endpoint = new URL(options.endpoint ?? `https://s3.${region}.amazonaws.com`)
  const inPath = options.pathStyle ?? options.endpoint !== undefined
  const credentials = credentialsOf(options)
  const hashed = endpoint.protocol === 'http:'

  function urlOf(key: string, query: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(endpoint)
    if (!inPath) url.host = `${bucket}.${url.host}`
    const folder = endpoint.pathname.replace(/\/$/, '')
    const path = `${prefix}${key}`.split('/').map(encodeS3).join('/')
    url.pathname = `${folder}${inPath ? `/${bucket}` : ''}/${path}`
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return url
  }

  async function once(method: string, url: URL, headers: Record<string, string>, body: S3Body, signal: AbortSignal) {
    const payloadHash = typeof body === 'string' ? sha256(body) : hashed ? await hashOf(body) : UNSIGNED_PAYLOAD
    const signed = signedHeaders({ method, url, headers, payloadHash }, credentials, region, now())
    return send(method, url, signed, body, options.timeout, signal)
  }

  async function request(
    method: string,
    url: URL,
    signal: AbortSignal,
    body: S3Body = '',
    headers: Record<string, string> = {},
  ): Promise<S3Answer> {
    let pauseMs = FIRST_PAUSE_MS
    for (let tried = 1; ; tried++) {
      let fault: Error
      try {
        const answer = await once(method, url, headers, body, signal)
        // Joining parts may fail after the good status has been sent.
        const failed = answer.status >= 300 || /<Error>/.test(answer.body)
        if (!failed || (method === 'HEAD' && answer.status === 404)) return answer
        fault = refusalOf(answer)
        if (fault instanceof S3Refusal) throw fault
      } catch (error) {
        if (error instanceof S3Refusal || signal.aborted) throw error
        fault = error as Error
      }
      if (tried >= options.tries) throw new Error(`${url.host}: ${fault.message} (tried ${tried} times)`)
      await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal })
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
    }
  }

  async function putInParts(key: string, path: string, size: number, signal: AbortSignal): Promise<void> {
    const begun = await request('POST', urlOf(key, { uploads: '' }), signal, '', storage())
    const uploadId = elementOf(begun.body, 'UploadId')
    if (uploadId === undefined)
      throw new Error(`${endpoint.host}: no upload of parts was begun: ${begun.body.slice(0, 200)}`)
    try {
      const each = Math.max(partBytes, Math.ceil(size / MAX_PARTS))
      const parts: string[] = []
      for (let start = 0; start < size; start += each) {
        const partNumber = String(parts.length + 1)
        const body = { path, start, bytes: Math.min(each, size - start) }
        const { headers } = await request('PUT', urlOf(key, { partNumber, uploadId }), signal, body)
        const tag = String(headers.etag ?? '')
        parts.push(`<Part><PartNumber>${partNumber}</PartNumber><ETag>${escapeXml(tag)}</ETag></Part>`)
      }
      const list = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
      await request('POST', urlOf(key, { uploadId }), signal, list)
    } catch (error) {
      // Parts that are left cost money. If this fails too, the bucket's lifecycle has to remove them.
      const over = AbortSignal.timeout(options.timeout)
      await once('DELETE', urlOf(key, { uploadId }), {}, '', over).catch(() => undefined)
      throw error
    }
  }

  const storage = (): Record<string, string> =>
    storageClass === undefined ? {} : { 'x-amz-storage-class': storageClass }

  return {
    name: `s3://${bucket}/${prefix}`,
    async size(key, signal) {
      const { status, headers } = await request('HEAD', urlOf(key), signal)
      return status === 404 ? undefined : Number(headers['content-length'])
    },
    async put(key, path, signal) {
      const { size } = await stat(path)
      if (size > partBytes) return putInParts(key, path, size, signal)
      await request('PUT', urlOf(key), signal, { path, start: 0, bytes: size }, storage())
    },
  }
}

async function hashOf({ path, start, bytes }: Exclude<S3Body, string>): Promise<string> {
  const hash = createHash('sha256')
  if (bytes > 0) await pipeline(createReadStream(path, { start, end: start + bytes - 1 }), hash)
  return hash.digest('hex')
}

/** What the server says, as an S3Refusal when asking again will bring the same. */
function refusalOf({ status, body }: S3Answer): Error {
  const code = elementOf(body, 'Code')
  const words = [code, elementOf(body, 'Message')].filter((one) => one !== undefined).join(': ')
  const message = `answered ${status}${words === '' ? '' : ` ${words.slice(0, 300)}`}`
  const passing = status >= 500 || status === 408 || status === 429 || status === 200 || code === 'RequestTimeout'
  return passing ? new Error(message) : new S3Refusal(message)
}

function elementOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return text?.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
