import type { ApiRequest } from '../route.ts'

/** The flags of `X-Loki-Response-Encoding-Flags`. Loki knows `categorize-labels` alone and echoes all. */
export function encodingFlags(headers: ApiRequest['headers']): string[] {
  const header = headers['x-loki-response-encoding-flags']
  return (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((flag) => flag.trim())
    .filter((flag) => flag !== '')
}
