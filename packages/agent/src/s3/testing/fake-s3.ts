import { createHash, createHmac, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeS3 {
  readonly url: string
  readonly objects: Map<string, Buffer>
  /** Uploads of parts that were begun and neither joined nor given up. */
  readonly open: Map<string, Map<number, Buffer>>
  readonly asked: string[]
  /** Answers a request instead of the server; true when it did. */
  disturb: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  close(): Promise<void>
}

const KEYS: Readonly<Record<string, string>> = { AKID: 'a/secret+key' }

/** Holds objects in memory, as S3 with the bucket in the path, and reckons each signature anew from the request. */
export async function startFakeS3(): Promise<FakeS3> {
  const objects = new Map<string, Buffer>()
  const open = new Map<string, Map<number, Buffer>>()
  const asked: string[] = []
  const fake: FakeS3 = { url: '', objects, open, asked, disturb: undefined, close: async () => {} }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    } catch {
      return
    }
    asked.push(`${request.method} ${request.url}`)
    if (fake.disturb?.(request, response)) return
    const body = Buffer.concat(chunks)
    const fault = signatureFault(request, body)
    if (fault !== undefined) refuse(response, 403, fault)
    else answer(request, response, body)
  })

  function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://x')
    const key = decodeURIComponent(pathname)
    const parts = open.get(query.get('uploadId') ?? '')
    if (query.has('uploadId') && parts === undefined) refuse(response, 404, 'NoSuchUpload')
    else if (request.method === 'HEAD') {
      const found = objects.get(key)
      response.writeHead(found ? 200 : 404, found && { 'content-length': found.length }).end()
    } else if (request.method === 'POST' && query.has('uploads')) {
      const id = randomUUID()
      open.set(id, new Map())
      response.end(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)
    } else if (request.method === 'PUT' && parts) {
      parts.set(Number(query.get('partNumber')), body)
      response.setHeader('etag', tagOf(body)).end()
    } else if (request.method === 'POST' && parts) {
      const listed = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)<\/ETag>/g)]
      const whole = listed.map(([, number, tag]) => {
        const part = parts.get(Number(number))
        return part && tagOf(part) === tag?.replaceAll('&quot;', '"') ? part : undefined
      })
      if (whole.includes(undefined) || whole.length !== parts.size) refuse(response, 400, 'InvalidPart')
      else {
        objects.set(key, Buffer.concat(whole as Buffer[]))
        open.delete(query.get('uploadId') ?? '')
        response.end('<CompleteMultipartUploadResult/>')
      }
    } else if (request.method === 'DELETE' && parts) {
      open.delete(query.get('uploadId') ?? '')
      response.writeHead(204).end()
    } else if (request.method === 'PUT') {
      objects.set(key, body)
      response.setHeader('etag', tagOf(body)).end()
    } else refuse(response, 405, 'MethodNotAllowed')
  }

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(fake, {
    url,
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  })
}

export function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>the fake says so</Message></Error>`)
}

const tagOf = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`

/** Undefined when the request is signed as it should be: reckoned from what came over the wire alone. */
function signatureFault(request: IncomingMessage, body: Buffer): string | undefined {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    )
  if (found === null) return 'AccessDenied'
  const [, id = '', day = '', region = '', signed = '', signature] = found
  const secret = KEYS[id]
  if (secret === undefined) return 'InvalidAccessKeyId'
  const time = String(request.headers['x-amz-date'])
  if (!time.startsWith(day) || !signed.split(';').includes('host')) return 'AccessDenied'
  const hash = String(request.headers['x-amz-content-sha256'])
  if (hash !== createHash('sha256').update(body).digest('hex')) return 'XAmzContentSHA256Mismatch'
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const sorted = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&')
  const lines = signed.split(';').map((name) => `${name}:${request.headers[name]}\n`)
  const canonical = `${request.method}\n${path}\n${sorted}\n${lines.join('')}\n${signed}\n${hash}`
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${day}/${region}/s3/aws4_request\n${createHash('sha256').update(canonical).digest('hex')}`
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const key = mac(mac(mac(mac(`AWS4${secret}`, day), region), 's3'), 'aws4_request')
  return mac(key, toSign).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch'
}
