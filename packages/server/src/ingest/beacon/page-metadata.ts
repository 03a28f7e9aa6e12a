import { isUtf8 } from 'node:buffer'
import { headerOf } from '../headers.ts'
import type { ReceiverRequest } from '../receiver.ts'

const MAX_LENGTH = 1024

/**
 * What a browser tells of a page besides the records: names and values of structured metadata. The page's address comes
 * without its query and fragment, which may hold what is secret; most browsers send only the origin to other sites.
 */
export function pageMetadata(request: ReceiverRequest): string[] {
  const metadata: string[] = []
  const add = (name: string, value: string) => {
    if (value !== '') metadata.push(name, value.slice(0, MAX_LENGTH))
  }
  add('user_agent', text(headerOf(request, 'user-agent')))
  add('page', address(headerOf(request, 'referer')))
  add('origin', text(headerOf(request, 'origin')))
  return metadata
}

function address(referer: string): string {
  if (!URL.canParse(referer)) return ''
  const { protocol, origin, pathname } = new URL(referer)
  return protocol === 'http:' || protocol === 'https:' ? origin + pathname : ''
}

/** Node reads headers as Latin-1; what is not ASCII was UTF-8 more often than not. */
function text(header: string): string {
  const bytes = Buffer.from(header, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : header
}
