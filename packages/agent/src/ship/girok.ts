import * as v from 'valibot'
import { defineDestination } from './destination.ts'
import { type HttpAccess, httpAccess } from './http-access.ts'
import { HttpClient } from './http-client.ts'
import { rejectedByLoki } from './outcome.ts'
import { openPush } from './push.ts'

/**
 * A Girok server: lines by Loki's push, samples by remote write. It knows a record that comes again by its key, for 24
 * hours, so that each line is visible once.
 */
export const girok = defineDestination<HttpAccess>({
  name: 'girok',
  summary: 'A Girok server: lines and samples, each exactly once',
  options: v.strictObject(httpAccess),
  example: 'url: http://127.0.0.1:4100\n',
  takes: ['logs', 'samples'],
  open(access, context) {
    const push = openPush(
      access,
      { paths: { logs: '/loki/api/v1/push', samples: '/api/v1/write' }, rejectedIn: rejectedByLoki },
      context,
    )
    // A connection of its own: a report does not wait for a record that takes long.
    const client = new HttpClient(access, { now: context.now, suffix: '/loki/api/v1/push' })
    const headers = {
      'content-type': 'application/json',
      ...(access.tenant !== undefined && { 'x-scope-orgid': access.tenant }),
    }
    return {
      ...push,
      async report(body, signal) {
        const { status } = await client.post({ path: '/girok/v1/agents', headers, body, signal })
        if (status >= 300) throw new Error(`the report was answered with status ${status}`)
      },
      close() {
        push.close()
        client.close()
      },
    }
  },
})
