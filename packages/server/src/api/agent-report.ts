import * as z from 'zod'
import { GirokError } from '../model/errors.ts'
import type { AgentReport } from './contract.ts'

const mostBytes = 1024 * 1024
const mostSources = 2_000
const mostInputs = 500
const mostDestinations = 100
const mostDropped = 1_000
/** Greater ones are no dates. */
const lastMs = 8.64e15

/** Words for people are cut where they are too long: one endless path is no reason to know nothing of an agent. */
const text = (most: number) =>
  z.string().transform((value) => (value.length > most ? `${value.slice(0, most)}…` : value))
const name = text(4_096)
const fault = text(1_000)
const amount = z.number().min(0).max(Number.MAX_SAFE_INTEGER)
const whole = amount.transform(Math.round)
const time = z.number().min(0).max(lastMs).transform(Math.round)

const source = z.object({
  name,
  state: z.enum(['active', 'idle', 'waiting', 'failing']),
  lastMs: time.exactOptional(),
  count: whole,
  lagBytes: whole.exactOptional(),
  error: fault.exactOptional(),
  writer: text(200).exactOptional(),
})

/** Keys that are not named are left out, so that a newer agent can report to an older server. */
const report: z.ZodType<AgentReport> = z.object({
  id: z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/, 'must be 1 to 128 letters, digits and ._:-'),
  name: text(255),
  version: text(64),
  startedMs: time,
  atMs: time.exactOptional(),
  intervalMs: z.number().min(1_000, 'must be at least 1000').max(86_400_000, 'must be at most 86400000, a day'),
  configuration: z.object({ file: name, loadedMs: time, error: fault.exactOptional() }),
  inputs: z
    .array(z.object({ name, type: text(64), sources: z.array(source), more: whole }))
    .max(mostInputs, `must have at most ${mostInputs} inputs`)
    .refine(
      (inputs) => inputs.reduce((sum, { sources }) => sum + sources.length, 0) <= mostSources,
      `must have at most ${mostSources} sources together: give the number of the others as more`,
    ),
  dropped: z
    .array(z.object({ input: name, stage: text(200), reason: fault, count: whole }))
    .max(mostDropped, `must have at most ${mostDropped} entries`),
  spool: z.object({
    bytes: whole,
    maxBytes: whole,
    waitingBytes: whole,
    evicted: z.object({ full: whole, age: whole }),
    corrupt: z.object({ records: whole, count: whole }),
    error: fault.exactOptional(),
  }),
  destinations: z
    .array(
      z.object({
        name,
        // Whoever may query sees it: a password that stands in an address is not for them.
        url: name.transform((url) => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1')),
        sent: whole,
        rejected: whole,
        backlogBytes: whole,
        backlogRecords: whole,
        lastOkMs: time.exactOptional(),
        lastError: fault.exactOptional(),
      }),
    )
    .max(mostDestinations, `must have at most ${mostDestinations} entries`),
  memoryBytes: whole,
  cpuSeconds: amount,
})

/** A report from a request. Throws `body_too_large`, or `bad_request` that names the first key at fault. */
export function agentReportOf(body: Buffer): AgentReport {
  if (body.length > mostBytes) {
    throw new GirokError(
      'body_too_large',
      `the report of an agent may have ${mostBytes} bytes, not ${body.length}: leave sources out and count them as more`,
    )
  }
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw new GirokError('bad_request', 'the body is not JSON')
  }
  const checked = report.safeParse(value)
  if (checked.success) return checked.data
  const { path = [], message = '' } = checked.error.issues[0] ?? {}
  throw new GirokError('bad_request', `${placeOf(path)}: ${message.replace(/^Invalid (input|option): /, '')}`)
}

/** A report as it was kept; undefined when it is none. */
export function keptReportOf(value: unknown): AgentReport | undefined {
  return report.safeParse(value).data
}

/** `inputs[0].sources[3].state` */
function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return place === '' ? 'the report' : place.replace(/^\./, '')
}
