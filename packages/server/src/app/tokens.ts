import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Scope } from '../api/contract.ts'
import { GirokError } from '../model/errors.ts'
import { checkTenant } from '../model/tenant.ts'

/** Every scope; `ingest` writes, `query` reads, `admin` does what concerns the server itself. */
export const SCOPES: readonly Scope[] = ['ingest', 'query', 'admin']

/** What is known of a token besides the token, which nobody can tell any more. */
export interface TokenInfo {
  /** Short, for `token revoke`. Not secret. */
  readonly id: string
  readonly name: string
  readonly tenant: string
  readonly scopes: readonly Scope[]
  /** ISO 8601. */
  readonly createdAt: string
}

interface StoredToken extends TokenInfo {
  /** SHA-256 of the token, hex. The token has 256 random bits, so that no slow hash is needed. */
  readonly hash: string
}

/** Answers whether a token is good, for the running server. */
export interface TokenBook {
  /** True once a token existed while this book is open: taking the last one away does not open a guarded server. */
  required(): boolean
  verify(token: string): { readonly tenant: string; readonly scopes: readonly Scope[] } | undefined
}

/** Scanners for leaked secrets know tokens by this. */
const PREFIX = 'girok_'

const pathOf = (dataDir: string) => join(dataDir, 'tokens.json')
const sha256 = (token: string) => createHash('sha256').update(token).digest()

/**
 * Makes a token and stores its hash in `DIR/tokens.json` (mode 0600). A running server knows it at once.
 * @returns the token, which is shown this one time
 * @throws GirokError `bad_request` for a tenant or scope that cannot be
 */
export function createToken(
  dataDir: string,
  options: { readonly tenant: string; readonly scopes: readonly string[]; readonly name?: string },
): { readonly token: string; readonly info: TokenInfo } {
  const tenant = checkTenant(options.tenant)
  const scopes = SCOPES.filter((scope) => options.scopes.includes(scope))
  const unknown = options.scopes.find((scope) => !SCOPES.includes(scope as Scope))
  if (unknown !== undefined || scopes.length === 0) {
    throw new GirokError('bad_request', `unknown scope ${JSON.stringify(unknown ?? '')}: use ${SCOPES.join(', ')}`)
  }
  const token = PREFIX + randomBytes(32).toString('base64url')
  const info: TokenInfo = {
    id: randomBytes(4).toString('hex'),
    name: options.name ?? '',
    tenant,
    scopes,
    createdAt: new Date().toISOString(),
  }
  change(dataDir, (tokens) => [...tokens, { ...info, hash: sha256(token).toString('hex') }])
  return { token, info }
}

/** All tokens, oldest first. */
export function listTokens(dataDir: string): TokenInfo[] {
  return read(dataDir).map(({ hash: _, ...info }) => info)
}

/** Takes a token away, in a running server at once. False when there is none of that id. */
export function revokeToken(dataDir: string, id: string): boolean {
  let found = false
  change(dataDir, (tokens) => {
    const kept = tokens.filter((token) => token.id !== id)
    found = kept.length < tokens.length
    return found ? kept : undefined
  })
  return found
}

/** Opens the tokens of a data directory. The file is read again whenever it was changed. */
export function openTokens(dataDir: string): TokenBook {
  let stamp = ''
  let tokens: readonly (StoredToken & { readonly digest: Buffer })[] = []
  let guarded = false

  function refresh(): void {
    const now = stampOf(dataDir)
    if (now === stamp) return
    tokens = read(dataDir).map((token) => ({ ...token, digest: Buffer.from(token.hash, 'hex') }))
    guarded ||= tokens.length > 0
    stamp = now
  }

  refresh()
  return {
    required() {
      refresh()
      return guarded
    },
    verify(token) {
      refresh()
      const digest = sha256(token)
      let match: StoredToken | undefined
      // All are compared, so that the time tells nothing of which one is near.
      for (const known of tokens) if (timingSafeEqual(known.digest, digest)) match = known
      return match && { tenant: match.tenant, scopes: match.scopes }
    },
  }
}

/** Changes whenever the file does: it is replaced, never written into. */
function stampOf(dataDir: string): string {
  const status = statSync(pathOf(dataDir), { bigint: true, throwIfNoEntry: false })
  return status === undefined ? 'absent' : `${status.ino} ${status.mtimeNs} ${status.size}`
}

function read(dataDir: string): StoredToken[] {
  const path = pathOf(dataDir)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const tokens = parseTokens(text)
  // A damaged file must not read as "no tokens", which would open the server to everybody.
  if (tokens === undefined) {
    throw new GirokError('internal', `${path} is damaged: restore it, or remove it and create new tokens`)
  }
  return tokens
}

function parseTokens(text: string): StoredToken[] | undefined {
  try {
    const { tokens } = JSON.parse(text) as { tokens: StoredToken[] }
    const good = (token: StoredToken) =>
      /^[0-9a-f]{64}$/.test(token.hash) &&
      [token.id, token.name, token.tenant, token.createdAt].every((value) => typeof value === 'string') &&
      token.scopes.every((scope) => SCOPES.includes(scope))
    return tokens.every(good) ? tokens : undefined
  } catch {
    return undefined
  }
}

function change(dataDir: string, edit: (tokens: StoredToken[]) => StoredToken[] | undefined): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = pathOf(dataDir)
  const lock = lockFile(`${path}.lock`)
  try {
    const tokens = edit(read(dataDir))
    if (tokens === undefined) return
    const file = openSync(`${path}.new`, 'w', 0o600)
    try {
      writeFileSync(file, `${JSON.stringify({ tokens }, null, 2)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(`${path}.new`, path)
  } finally {
    closeSync(lock)
    rmSync(`${path}.lock`, { force: true })
  }
}

const LOCK_WAIT_MS = 2000

/** Two commands at once must not lose one another's token. A lock left by a command that was killed is taken over. */
function lockFile(path: string): number {
  const end = Date.now() + LOCK_WAIT_MS
  for (;;) {
    try {
      return openSync(path, 'wx', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (Date.now() > end) rmSync(path, { force: true })
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}
