import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { bytes, count, flag, list } from '../../model/options/kinds.ts'
import type { Assembled } from '../batch/assembler.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import { AddressRates } from '../beacon/address-rates.ts'
import { ORIGIN, originCheck } from '../beacon/allowed-origins.ts'
import { decodeBeacon } from '../beacon/decode-beacon.ts'
import { headerOf } from '../headers.ts'
import { Intake } from '../intake.ts'
import { JSON_TYPE, refusalsTold, renderJsonError } from '../json/answer.ts'
import { tenantOption } from '../listen/options.ts'
import { defineReceiver, type ReceiverRequest, type ReceiverResponse } from '../receiver.ts'

const NAME = 'beacon'
/** As @girok/sdk's girokHandler has it: the base URL and then /ingest. */
const PATHS = ['/girok/beacon', '/girok/beacon/ingest']
const PREFLIGHT_SECONDS = 7200

const options = z.strictObject({
  origins: list({
    allowed: 'origins such as https://shop.example, https://*.shop.example or *',
    pattern: ORIGIN,
  }).describe('Origins of the pages that may send. Empty: nobody may, and the path does not exist.'),
  apps: list({ allowed: 'names', pattern: /^[^\0]{1,200}$/ }, ['browser']).describe(
    'Values of the label app that pages may choose by ?label=app=NAME; the first is for those that choose none.',
  ),
  tenant: tenantOption('Tenant of what pages send. Unset: tenancy.default.'),
  requestsPerMinute: count(120).describe(
    'Beacons that one address may send, all at once or over a minute. 0: no limit.',
  ),
  maxBytes: bytes('256KB', { min: '1KB' }).describe(
    'Bytes of one beacon, decompressed. Browsers send at most 64 KiB at unload.',
  ),
  behindProxy: flag(false).describe(
    'Counts by the last address in X-Forwarded-For, which a proxy in front has added. Without such a proxy it could be forged.',
  ),
})

/**
 * What pages of other origins send by `navigator.sendBeacon` and `fetch` with `keepalive`. There is no secret in a page:
 * an Origin of the list is asked for, which keeps other pages out but not programs, and addresses have rates.
 */
export const beacon = defineReceiver<z.output<typeof options>>({
  name: NAME,
  summary: 'Browser beacons: records that pages of allowed origins send by sendBeacon or fetch',
  options,
  example: `curl -fsS "$URL/girok/beacon" -H 'Origin: https://shop.example' -H 'Content-Type: text/plain' -d '{"level":"error","message":"hello from a page"}'`,
  exampleOptions: { origins: ['https://shop.example'] },
  snippets: [
    {
      title: 'sendBeacon',
      language: 'javascript',
      text: "const records = []\naddEventListener('error', ({ message }) => records.push({ level: 'error', message, timestamp: Date.now() }))\naddEventListener('visibilitychange', () => {\n  if (document.visibilityState !== 'hidden' || records.length === 0) return\n  navigator.sendBeacon('$URL/girok/beacon', JSON.stringify(records.splice(0)))\n})",
    },
    {
      title: '@girok/sdk',
      language: 'javascript',
      text: "import { root } from '@girok/sdk'\nimport { girokHandler } from '@girok/sdk/handlers'\n\nroot.setLevel('INFO').addHandler(girokHandler({ url: '$URL/girok/beacon' }))",
    },
  ],
  open: (given, context) => {
    if (given.origins.length === 0) return {}
    const isAllowed = originCheck(given.origins)
    const rates = new AddressRates(given.requestsPerMinute)
    const directory = new StreamDirectory()
    const tenant = given.tenant ?? context.tenant
    const intake = new Intake(NAME, context, renderJsonError)
    const decode = (request: ReceiverRequest) => {
      const origin = headerOf(request, 'origin')
      if (origin === '') throw new GirokError('forbidden', 'there is no Origin: beacons come from pages; use /ingest')
      if (!isAllowed(origin)) {
        throw new GirokError(
          'forbidden',
          `the origin ${JSON.stringify(origin.slice(0, 200))} may not send beacons: add it to receivers.beacon.origins if it is yours`,
        )
      }
      const waitSeconds = rates.take(addressOf(request, given.behindProxy), context.now())
      if (waitSeconds > 0) {
        throw new GirokError('rate_limited', 'more than receivers.beacon.requestsPerMinute beacons of this address', {
          retryAfterSeconds: waitSeconds,
        })
      }
      const { limits, now } = context
      const { apps, maxBytes } = given
      return decodeBeacon(request, { receiver: NAME, tenant, limits, directory, nowMs: now(), apps, maxBytes })
    }
    const shared = {
      access: 'own' as const,
      allowsOrigin: isAllowed,
      refuse: (error: GirokError) => intake.refuse(error),
    }
    return {
      routes: PATHS.flatMap((path) => [
        {
          ...shared,
          method: 'POST' as const,
          path,
          handle: async (request: ReceiverRequest) =>
            forPages(await intake.handle({ ...request, tenant }, () => decode(request), respond), request, isAllowed),
        },
        {
          ...shared,
          method: 'OPTIONS' as const,
          path,
          handle: (request: ReceiverRequest) => forPages(PREFLIGHT, request, isAllowed),
        },
      ]),
    }
  },
})

const PREFLIGHT: ReceiverResponse = {
  status: 204,
  headers: {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type, content-encoding, idempotency-key',
    'access-control-max-age': String(PREFLIGHT_SECONDS),
  },
}

/**
 * Lets the page read the answer. Browsers send beacons with cookies and then ask that they be allowed; nothing here looks
 * at cookies, and the answer tells nothing of anybody.
 */
function forPages(
  response: ReceiverResponse,
  request: ReceiverRequest,
  isAllowed: (origin: string) => boolean,
): ReceiverResponse {
  const origin = headerOf(request, 'origin')
  if (!isAllowed(origin)) return response
  return {
    ...response,
    headers: {
      ...response.headers,
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'retry-after',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'origin',
    },
  }
}

function respond({ batch, refusals }: Assembled): ReceiverResponse {
  if (refusals.total === 0) return { status: 204 }
  const body = JSON.stringify({
    accepted: batch.count,
    rejected: refusals.total,
    errors: refusalsTold(refusals),
  })
  return { status: 400, headers: { 'content-type': JSON_TYPE }, body }
}

function addressOf(request: ReceiverRequest, behindProxy: boolean): string {
  if (!behindProxy) return request.remoteAddress
  return headerOf(request, 'x-forwarded-for').split(',').at(-1)?.trim() || request.remoteAddress
}
