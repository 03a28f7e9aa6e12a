import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type Headers, headerOf } from '../headers.ts'
import type { AccessKey } from './access-keys.ts'
import { AwsError } from './error.ts'

const ALGORITHM = 'AWS4-HMAC-SHA256'
/** How far the sender's clock may be off; as AWS has it. */
const MAX_SKEW_MS = 5 * 60_000
const MAX_SIGNED_HEADERS = 64

export interface SignedRequest {
  readonly method: string
  /** Decoded. */
  readonly pathname: string
  readonly query: URLSearchParams
  readonly headers: Headers
  /** As it came over the wire. */
  readonly body: Buffer
}

/** What the header of a signed request says. */
export interface Credential {
  readonly id: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly time: string
}

/**
 * Reads the header of AWS Signature Version 4, without knowing the secret: its form, the time within five minutes of
 * ours, the service, and that host, time and operation are among what is signed. Throws AwsError.
 */
export function readCredential(headers: Headers, nowMs: number, service: string): Credential {
  const authorization = headerOf({ headers }, 'authorization')
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    throw new AwsError(
      'MissingAuthenticationTokenException',
      `Missing Authentication Token: sign the request by ${ALGORITHM}, or set receivers.cloudwatch.allowUnsigned`,
    )
  }
  const parts = new Map<string, string>()
  for (const part of authorization.slice(ALGORITHM.length + 1).split(',')) {
    const equals = part.indexOf('=')
    parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim())
  }
  const scope = (parts.get('Credential') ?? '').split('/')
  const [id = '', date = '', region = '', scoped = '', end = ''] = scope
  const signedHeaders = (parts.get('SignedHeaders') ?? '').split(';')
  const signature = parts.get('Signature') ?? ''
  const time = headerOf({ headers }, 'x-amz-date')
  const incomplete = (what: string): never => {
    throw new AwsError('IncompleteSignatureException', `Authorization header: ${what}`)
  }
  if (scope.length !== 5 || end !== 'aws4_request') incomplete('Credential must be ID/DATE/REGION/SERVICE/aws4_request')
  if (!/^[0-9a-f]{64}$/.test(signature)) incomplete('Signature must be 64 hexadecimal digits')
  if (signedHeaders.length > MAX_SIGNED_HEADERS) incomplete(`more than ${MAX_SIGNED_HEADERS} SignedHeaders`)
  for (const name of ['host', 'x-amz-date', 'x-amz-target']) {
    if (!signedHeaders.includes(name)) incomplete(`SignedHeaders must contain ${name}`)
  }
  if (scoped !== service) throw new AwsError('InvalidSignatureException', `Credential should be scoped to ${service}`)
  checkTime(time, date, nowMs)
  return { id, date, region, service: scoped, signedHeaders, signature, time }
}

/** Throws AwsError unless the request was signed with this key and is as it was signed. */
export function verifySignature(request: SignedRequest, credential: Credential, key: AccessKey): void {
  const expected = Buffer.from(signatureOf(request, credential, key.secret), 'hex')
  if (!timingSafeEqual(expected, Buffer.from(credential.signature, 'hex'))) {
    throw new AwsError(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    )
  }
}

/** The signature of a request in hexadecimal digits, as AWS describes it (Signature Version 4, header form). */
export function signatureOf(
  { method, pathname, query, headers, body }: SignedRequest,
  { date, region, service, signedHeaders, time }: Omit<Credential, 'signature' | 'id'>,
  secret: string,
): string {
  const canonical = [
    method,
    pathname.split('/').map(encoded).map(encoded).join('/'),
    canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${joined(headers, name)}`),
    '',
    signedHeaders.join(';'),
    createHash('sha256').update(body).digest('hex'),
  ].join('\n')
  const scope = `${date}/${region}/${service}/aws4_request`
  const toSign = [ALGORITHM, time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  let derived: Buffer | string = `AWS4${secret}`
  for (const part of [date, region, service, 'aws4_request']) derived = hmac(derived, part)
  return hmac(derived, toSign).toString('hex')
}

function checkTime(time: string, date: string, nowMs: number): void {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time)
  if (found === null) {
    throw new AwsError('IncompleteSignatureException', 'X-Amz-Date must be of the form YYYYMMDDTHHMMSSZ')
  }
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const atMs = Date.UTC(year, month - 1, day, hour, minute, second)
  if (date !== time.slice(0, 8)) {
    throw new AwsError('InvalidSignatureException', 'Date in Credential scope does not match YYYYMMDD of X-Amz-Date')
  }
  const limit = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')
  if (atMs < nowMs - MAX_SKEW_MS) {
    const text = `Signature expired: ${time} is now earlier than ${limit(nowMs - MAX_SKEW_MS)} (${limit(nowMs)} - 5 min.)`
    throw new AwsError('InvalidSignatureException', text)
  }
  if (atMs > nowMs + MAX_SKEW_MS) {
    const text = `Signature not yet current: ${time} is still later than ${limit(nowMs + MAX_SKEW_MS)} (${limit(nowMs)} + 5 min.)`
    throw new AwsError('InvalidSignatureException', text)
  }
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** Percent-encodes all but the unreserved characters of RFC 3986. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query].map(([name, value]) => [encoded(name), encoded(value)] as const)
  pairs.sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : x > y ? 1 : 0) : a < b ? -1 : 1))
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

function joined(headers: Headers, name: string): string {
  const value = headers[name]
  const values = Array.isArray(value) ? value : [value ?? '']
  return values.map((one) => one.trim().replace(/\s+/g, ' ')).join(',')
}
