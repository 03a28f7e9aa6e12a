import type { Route } from '../../api/route.ts'
import type { TailPath } from '../../api/tail/index.ts'
import type { ReceiverRoute } from '../../ingest/receiver.ts'
import type { GirokError } from '../../model/errors.ts'
import type { TokenVerifier } from './access.ts'
import type { OriginPolicy } from './origin-policy.ts'
import type { ReportFault } from './reply.ts'
import type { WebFiles } from './web-files.ts'

/** Everything the HTTP server is made of; `app` puts it together. */
export interface HttpOptions {
  readonly host: string
  readonly port: number
  /** '' or `/x`; a proxy may strip it or leave it. */
  readonly basePath: string
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  readonly maxBodyBytes: number
  readonly policy: OriginPolicy
  readonly tokens: TokenVerifier
  readonly defaultTenant: string
  /** `X-Scope-OrgID: a|b` reads both tenants, on routes that can. */
  readonly multiTenant: boolean
  readonly routes: readonly Route[]
  readonly receivers: readonly { readonly name: string; readonly routes: readonly ReceiverRoute[] }[]
  readonly websockets: ReadonlyMap<string, TailPath>
  /** Undefined where the web app is not served. */
  readonly web: WebFiles | undefined
  readonly report: ReportFault
  /** A request to a receiver was refused before the receiver saw it: no good token, a body above the limit. */
  readonly refusedEarly: (receiver: string, error: GirokError) => void
  /** A request was answered. `route` is the pattern of its path, undefined where none fitted. */
  readonly answered: (request: {
    readonly route: string | undefined
    readonly receiver: string | undefined
    readonly seconds: number
  }) => void
  /** A request was answered with a status of 400 or above; `route` is its pattern, not what the client wrote. */
  readonly refused: (route: string, status: number) => void
  /** How long `close` waits for open requests before it cuts them off. */
  readonly shutdownTimeoutMs: number
}
