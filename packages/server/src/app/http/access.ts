import type { Scope } from '../../api/contract.ts'
import { bearerToken } from '../../ingest/credentials.ts'
import type { Headers } from '../../ingest/headers.ts'
import { GirokError } from '../../model/errors.ts'
import { checkTenant, checkTenants } from '../../model/tenant.ts'
import { SCOPES } from '../tokens.ts'
import { singleHeader } from './header.ts'

/** Who asks: the tenant whose data is meant, and what the caller may do. */
export interface Caller {
  readonly tenant: string
  readonly scopes: readonly Scope[]
}

/** What the token store offers. */
export interface TokenVerifier {
  /** True as soon as one token exists: from then on nothing but health checks and the page itself is open. */
  required(): boolean
  verify(token: string): Caller | undefined
}

interface Wanted {
  /** The header may name several tenants (`a|b`). */
  readonly manyTenants?: boolean
  /** The token that was found in a protocol's own place. Default: where HTTP has it. */
  readonly token?: string | undefined
}

/**
 * Finds out who asks. Without tokens: anybody, in the tenant that `X-Scope-OrgID` names. With tokens: the token's tenant
 * and scopes; the header may repeat the tenant, not change it, nor name several (`a|b`). Throws `unauthorized`, `forbidden` or `bad_request`.
 */
export function identify(
  headers: Headers,
  scope: Scope | undefined,
  tokens: TokenVerifier,
  defaultTenant: string,
  { manyTenants = false, token = presentedToken(headers) }: Wanted = {},
): Caller {
  const header = singleHeader(headers['x-scope-orgid'])
  if (scope === undefined || !tokens.required()) {
    const check = manyTenants ? checkTenants : checkTenant
    return { tenant: header ? check(header) : defaultTenant, scopes: SCOPES }
  }
  if (token === undefined) {
    throw new GirokError('unauthorized', 'this server needs a token: send Authorization: Bearer TOKEN')
  }
  const caller = tokens.verify(token)
  if (!caller) throw new GirokError('unauthorized', 'the token is not known here: create one with girok token create')
  if (!caller.scopes.includes(scope)) {
    throw new GirokError('forbidden', `the token lacks the scope ${scope}: it has ${caller.scopes.join(', ')}`)
  }
  if (header !== undefined && header !== '' && header !== caller.tenant) {
    throw new GirokError(
      'forbidden',
      `the token is bound to the tenant ${caller.tenant}, not ${JSON.stringify(header)}`,
    )
  }
  return caller
}

const WEBSOCKET_TOKEN = 'girok.token.'

/**
 * The token of `Authorization: Bearer T`, of `Authorization: Basic base64(any:T)` for clients that know only that, or of
 * the websocket subprotocol `girok.token.BASE64URL(T)`, because browsers cannot set headers there.
 */
function presentedToken(headers: Headers): string | undefined {
  // What is no token of a kind that is known is a wrong one.
  if (singleHeader(headers.authorization) !== undefined) return bearerToken(headers, new URLSearchParams()) ?? ''
  const offered = (singleHeader(headers['sec-websocket-protocol']) ?? '').split(',').map((name) => name.trim())
  const token = offered.find((name) => name.startsWith(WEBSOCKET_TOKEN))
  return token === undefined
    ? undefined
    : Buffer.from(token.slice(WEBSOCKET_TOKEN.length), 'base64url').toString('utf8')
}
