import type { Destination, Outcome, Piece } from './destination.ts'
import type { HttpAccess } from './http-access.ts'
import { HttpClient } from './http-client.ts'
import { type OutcomeOptions, outcomeOf } from './outcome.ts'
import { pushHeaders, SnappyBody } from './push-body.ts'

export interface PushOptions {
  /** Where pieces of a kind go, behind the URL. */
  readonly paths: Readonly<Partial<Record<Piece['kind'], string>>>
  readonly rejectedIn?: OutcomeOptions['rejectedIn']
}

/** A destination that takes records as they stand in the spool: protobuf, compressed with snappy. */
export function openPush(
  access: HttpAccess,
  { paths, rejectedIn }: PushOptions,
  { now }: { readonly now: () => number },
): Destination {
  const client = new HttpClient(access, { now, suffix: paths.logs ?? '' })
  const bodies = new SnappyBody()
  return {
    url: client.url,
    close: () => client.close(),
    async send(piece, signal) {
      const body = bodies.of(piece)
      try {
        const path = paths[piece.kind] ?? ''
        const answer = await client.post({ path, headers: pushHeaders(piece, access.tenant), body, signal })
        const { count } = piece
        return outcomeOf(answer, { sentBytes: body.length, count, nowMs: now(), ...(rejectedIn && { rejectedIn }) })
      } catch (error) {
        return unreachable(error)
      }
    },
  }
}

/** There was no answer. Secrets that cannot be read are for somebody to mend. */
export function unreachable(error: unknown): Outcome {
  const { message, code } = error as NodeJS.ErrnoException
  const needsHelp = code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR'
  return { result: 'later', reason: message, afterMs: 0, needsHelp }
}
