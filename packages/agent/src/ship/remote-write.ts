import * as v from 'valibot'
import { defineDestination } from './destination.ts'
import { type HttpAccess, httpAccess } from './http-access.ts'
import { openPush } from './push.ts'

/** Any receiver of Prometheus' remote write 1.0, at the URL as it is given. It has no place for lines. */
export const remoteWrite = defineDestination<HttpAccess>({
  name: 'remote-write',
  summary: "Any receiver of Prometheus' remote write 1.0 (Prometheus, Mimir, VictoriaMetrics): samples",
  options: v.strictObject(httpAccess),
  example: 'url: http://127.0.0.1:9090/api/v1/write\n',
  takes: ['samples'],
  open: (access, context) => openPush(access, { paths: { samples: '' } }, context),
})
