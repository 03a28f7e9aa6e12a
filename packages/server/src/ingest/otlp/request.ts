import { GirokError } from '../../model/errors.ts'
import { validUtf8 } from '../decode/utf8.ts'
import { type Headers, mediaTypeOf } from '../headers.ts'
import { bodyOf } from '../intake.ts'
import type { IngestLimits } from '../limits.ts'
import type { ReceiverRequest } from '../receiver.ts'
import type { OtlpForm } from './answer.ts'

/** The form of the request, in which it is answered: protobuf, unless it is called JSON. */
export function formOf(request: { readonly headers: Headers }): OtlpForm {
  return mediaTypeOf(request) === 'application/json' ? 'application/json' : 'application/x-protobuf'
}

/** The body, decompressed, of JSON as valid UTF-8. Throws `bad_request` for other media types, and as bodyOf does. */
export async function otlpBody(request: ReceiverRequest, limits: IngestLimits): Promise<Buffer> {
  const form = formOf(request)
  const mediaType = mediaTypeOf(request)
  if (mediaType !== form) {
    throw new GirokError(
      'bad_request',
      `content type: ${mediaType.slice(0, 100) || '(none)'} is not supported: send application/x-protobuf or application/json`,
    )
  }
  const body = await bodyOf(request, limits)
  return form === 'application/json' ? validUtf8(body, limits.maxDecompressedBytes) : body
}
