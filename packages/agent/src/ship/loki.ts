import * as v from 'valibot'
import { defineDestination } from './destination.ts'
import { type HttpAccess, httpAccess } from './http-access.ts'
import { rejectedByLoki } from './outcome.ts'
import { openPush } from './push.ts'

/** Any Loki from 2.9 on. It has no place for samples. A line that comes again (after a crash) it keeps once, as it is equal. */
export const loki = defineDestination<HttpAccess>({
  name: 'loki',
  summary: 'Any Loki from 2.9 on: lines',
  options: v.strictObject(httpAccess),
  example:
    'url: https://logs.example.com\ntenant: team-a\nbasic:\n  username: agent\n  passwordFile: /etc/girok/loki-password\n',
  takes: ['logs'],
  open: (access, context) =>
    openPush(access, { paths: { logs: '/loki/api/v1/push' }, rejectedIn: rejectedByLoki }, context),
})
