import * as v from 'valibot'
import { bytes, duration } from '../model/units.ts'

/** Label names as Prometheus has them. */
const labelName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a label is named by letters, digits and _, and does not begin with a digit'),
)

const labels = v.optional(
  v.record(
    labelName,
    v.pipe(
      v.union([v.string(), v.number(), v.boolean()]),
      v.transform((value) => String(value)),
    ),
  ),
  {},
)

/** Keys that every input has, whatever its type. */
export const commonInput = {
  type: v.string(),
  name: v.optional(v.pipe(v.string(), v.nonEmpty('give it a name, or leave the key away'))),
  labels,
  processors: v.optional(v.unknown()),
}

/** Keys that every destination has, whatever its type. */
export const commonDestination = {
  type: v.string(),
  name: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.-]{1,64}$/, 'use up to 64 letters, digits, _, . and -'))),
}

/** The configuration of an agent but for what belongs to the types of inputs and destinations. */
export const agentSchema = v.strictObject({
  dataDir: v.optional(v.string(), './girok-agent-data'),
  labels,
  destinations: v.pipe(
    v.array(v.looseObject(commonDestination)),
    v.minLength(1, 'name at least one destination, such as {type: girok, url: "http://127.0.0.1:4100"}'),
  ),
  inputs: v.optional(v.array(v.looseObject(commonInput)), []),
  spool: v.optional(
    v.strictObject({
      maxBytes: bytes('1GiB', 16 * 1024 * 1024),
      maxAge: duration('24h', 1_000),
      readAhead: bytes('64MiB', 1024 * 1024),
      fsync: v.optional(v.boolean(), true),
    }),
    {},
  ),
  batch: v.optional(v.strictObject({ maxBytes: bytes('512KiB', 1024), maxWait: duration('250ms', 1) }), {}),
  memory: v.optional(v.strictObject({ max: bytes('76MiB', 50 * 1024 * 1024) }), {}),
  status: v.optional(
    v.strictObject({
      enabled: v.optional(v.boolean(), true),
      host: v.optional(v.string(), '127.0.0.1'),
      port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)), 4180),
    }),
    {},
  ),
  metrics: v.optional(v.strictObject({ ship: v.optional(v.boolean(), true), interval: duration('15s', 1_000) }), {}),
  reload: v.optional(v.strictObject({ watch: v.optional(v.boolean(), true) }), {}),
  log: v.optional(
    v.strictObject({
      level: v.optional(v.picklist(['DEBUG', 'INFO', 'WARNING', 'ERROR']), 'INFO'),
      format: v.optional(v.picklist(['auto', 'text', 'json']), 'auto'),
    }),
    {},
  ),
  housekeeping: v.optional(v.array(v.unknown()), []),
})

export type AgentSettings = v.InferOutput<typeof agentSchema>
