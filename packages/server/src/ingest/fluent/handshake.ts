import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { GirokError } from '../../model/errors.ts'
import { MsgpackCursor } from './msgpack.ts'
import { packArray, packBinary, packMap, packText } from './pack.ts'

/** Somebody who may send, besides knowing the shared key. */
export interface ForwardUser {
  readonly name: string
  readonly password: string
  /** Tenant of what this user sends; undefined: that of the port. */
  readonly tenant: string | undefined
}

export interface Secrets {
  readonly sharedKey: string
  /** Empty: the shared key is enough. */
  readonly users: readonly ForwardUser[]
  readonly hostname: string
}

/** What came of a PING: the answer, and who it was, or why not. */
export interface Greeting {
  readonly pong: Buffer
  readonly user: ForwardUser | undefined
  /** Undefined: the sender may go on. */
  readonly refusal: string | undefined
}

const NONCE_BYTES = 16
/** Parts of a PING are names, salts and digests. */
const MAX_PART = 1024
const NO_TEXT = Buffer.alloc(0)

/**
 * The server's part of Forward's handshake (protocol v1): HELO with a nonce, PING of the client with digests that show
 * that it knows the shared key and a password, PONG with a digest that shows the same of the server. One for each
 * connection.
 */
export class Handshake {
  readonly #secrets: Secrets
  readonly #nonce = randomBytes(NONCE_BYTES)
  readonly #authSalt: Buffer

  constructor(secrets: Secrets) {
    this.#secrets = secrets
    this.#authSalt = secrets.users.length > 0 ? randomBytes(NONCE_BYTES) : NO_TEXT
  }

  /** What the server says first. */
  get helo(): Buffer {
    const options = packMap([
      ['nonce', packBinary(this.#nonce)],
      ['auth', packBinary(this.#authSalt)],
      ['keepalive', Buffer.of(0xc3)],
    ])
    return packArray([packText('HELO'), options])
  }

  /** Checks a PING. Throws `unauthorized` when it is none. */
  check(message: Buffer): Greeting {
    const [word, hostname, salt, keyDigest, name, passwordDigest] = readParts(message)
    if (word!.toString('latin1') !== 'PING') throw notGreeted()
    const { sharedKey, users, hostname: own } = this.#secrets
    const knowsKey = isSame(keyDigest!, digest(salt!, hostname!, this.#nonce, sharedKey))
    const user = this.#findUser(name!, passwordDigest!)
    const refusal = !knowsKey
      ? 'shared key mismatch'
      : users.length > 0 && user === undefined
        ? 'username/password mismatch'
        : undefined
    const proof = refusal === undefined ? digest(salt!, own, this.#nonce, sharedKey) : ''
    const pong = packArray([
      packText('PONG'),
      Buffer.of(refusal === undefined ? 0xc3 : 0xc2),
      packText(refusal ?? ''),
      packText(refusal === undefined ? own : ''),
      packText(proof),
    ])
    return { pong, user: refusal === undefined ? user : undefined, refusal }
  }

  /** Looks at every user, so that the time it takes tells nothing of which names there are. */
  #findUser(name: Buffer, passwordDigest: Buffer): ForwardUser | undefined {
    let found: ForwardUser | undefined
    for (const user of this.#secrets.users) {
      const isPassword = isSame(passwordDigest, digest(this.#authSalt, user.name, user.password))
      if (isSame(name, user.name) && isPassword) found ??= user
    }
    return found
  }
}

/** The six texts of a PING. */
function readParts(message: Buffer): Buffer[] {
  const cursor = new MsgpackCursor(message)
  try {
    if (cursor.openArray('PING') !== 6) throw notGreeted()
    return Array.from({ length: 6 }, () => {
      cursor.openText('a part of PING')
      if (cursor.textEnd - cursor.textStart > MAX_PART) cursor.fail('a part of PING that is too long')
      return message.subarray(cursor.textStart, cursor.textEnd)
    })
  } catch (cause) {
    if (cause instanceof GirokError) throw notGreeted()
    throw cause
  }
}

function notGreeted(): GirokError {
  return new GirokError(
    'unauthorized',
    'the sender did not answer HELO by PING: it must be given the shared key (fluentd: security.shared_key)',
  )
}

function digest(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha512')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** Compares in a time that tells nothing of the contents. */
function isSame(given: Buffer, expected: string): boolean {
  const hashed = (text: string | Buffer) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hashed(given), hashed(expected))
}
