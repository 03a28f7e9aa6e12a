import type { Metadata } from '../../model/batch.ts'
import { levelOfNumber } from '../../model/level-words.ts'
import type { Assembler } from '../batch/assembler.ts'
import { metadataName } from '../batch/metadata-name.ts'
import { type StreamDirectory, type StreamOutcome, UNLABELLED } from '../batch/stream-directory.ts'
import { instantOf } from '../decode/instant.ts'
import type { IngestLimits } from '../limits.ts'
import { nanosecondsText, type OtlpTime } from './time.ts'
import { type AnyValue, flattenValue, valueText } from './value.ts'

/** Resource attributes that become labels, as in Loki; all others become structured metadata. */
const INDEXED = new Set([
  'service.name',
  'service.namespace',
  'service.instance.id',
  'deployment.environment',
  'deployment.environment.name',
  'cloud.region',
  'cloud.availability_zone',
  'k8s.cluster.name',
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.container.name',
  'k8s.replicaset.name',
  'k8s.deployment.name',
  'k8s.statefulset.name',
  'k8s.daemonset.name',
  'k8s.cronjob.name',
  'k8s.job.name',
  'container.name',
])

export interface OtlpOptions {
  readonly tenant: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
  readonly nowMs: number
}

/** The attributes of a resource or scope, and what was not sent of them. */
export interface Attributes {
  readonly pairs: readonly (readonly [string, AnyValue])[]
  readonly dropped: number
}

/** What both forms of OTLP know of a record besides its time and body. Reused from record to record. */
export interface RecordFields {
  severityNumber: number
  severityText: string
  traceId: string
  spanId: string
  flags: number
  dropped: number
  eventName: string
  readonly time: OtlpTime
  readonly observed: OtlpTime
  /** Names, as metadata is named, and texts that are not empty, in turn. */
  attributes: string[]
}

export function emptyFields(): RecordFields {
  return {
    severityNumber: 0,
    severityText: '',
    traceId: '',
    spanId: '',
    flags: 0,
    dropped: 0,
    eventName: '',
    time: { seconds: 0, nanos: 0 },
    observed: { seconds: 0, nanos: 0 },
    attributes: [],
  }
}

/**
 * Puts OTLP records into a batch. A resource is a stream: its indexed attributes are the labels, its others, those of the
 * scope and the fields of the record the metadata. Where names are equal, the resource wins, then the scope, then fields.
 */
export class OtlpSink {
  records = 0
  readonly #assembler: Assembler
  readonly #options: OtlpOptions
  #outcome: StreamOutcome | undefined
  #ofResource = new Map<string, string>()
  #shared: Metadata = []
  #sharedNames: ReadonlySet<string> = new Set()

  constructor(assembler: Assembler, options: OtlpOptions) {
    this.#assembler = assembler
    this.#options = options
  }

  startResource({ pairs }: Attributes): void {
    const labels: [string, string][] = []
    this.#ofResource = new Map()
    for (const [name, value] of pairs) {
      if (INDEXED.has(name)) labels.push([metadataName(name), valueText(value)])
      else setAll(this.#ofResource, name, value)
    }
    this.#outcome = this.#streamOf(labels.some(([, value]) => value !== '') ? labels : UNLABELLED)
    this.startScope('', '', { pairs: [], dropped: 0 })
  }

  startScope(name: string, version: string, { pairs, dropped }: Attributes): void {
    const all = new Map(this.#ofResource)
    const own = new Map<string, string>()
    if (name !== '') own.set('scope_name', name)
    if (version !== '') own.set('scope_version', version)
    for (const [attribute, value] of pairs) setAll(own, attribute, value)
    if (dropped > 0) own.set('scope_dropped_attributes_count', String(dropped))
    for (const [attribute, text] of own) if (!all.has(attribute)) all.set(attribute, text)
    this.#shared = [...all].flat()
    this.#sharedNames = new Set(all.keys())
  }

  /** Adds a record whose line stands at these places of the batch's bytes. */
  record(fields: RecordFields, lineStart: number, lineEnd: number): void {
    this.records++
    const { time, observed, severityNumber } = fields
    const timed = time.seconds > 0 || time.nanos > 0
    const seen = observed.seconds > 0 || observed.nanos > 0
    const { seconds, nanos } = timed ? time : seen ? observed : instantOf(this.#options.nowMs)
    const level = levelOfNumber(severityNumber, 'otel')
    const metadata = this.#metadata(fields, timed && seen)
    if (metadata.length === 0) this.#assembler.entry(seconds, nanos, lineStart, lineEnd, level)
    else this.#assembler.entryWithMetadata(seconds, nanos, lineStart, lineEnd, metadata, level)
  }

  endResource(): void {
    if (this.#outcome) this.#assembler.endStream(this.#outcome)
    this.#outcome = undefined
  }

  #metadata(fields: RecordFields, withObserved: boolean): Metadata {
    const all = this.#shared.slice()
    const from = all.length
    const { severityNumber, severityText, traceId, spanId, flags, dropped, eventName, observed, attributes } = fields
    if (withObserved) this.#add(all, 'observed_timestamp', nanosecondsText(observed))
    if (severityNumber !== 0) this.#add(all, 'severity_number', String(severityNumber))
    if (severityText !== '') this.#add(all, 'severity_text', severityText)
    if (dropped > 0) this.#add(all, 'dropped_attributes_count', String(dropped))
    if (flags !== 0) this.#add(all, 'flags', String(flags))
    if (traceId !== '') this.#add(all, 'trace_id', traceId)
    if (spanId !== '') this.#add(all, 'span_id', spanId)
    if (eventName !== '') this.#add(all, 'event_name', eventName)
    // Of equal names the first counts; fields above have names of their own, so that only attributes need a look.
    each: for (let i = 0; i < attributes.length; i += 2) {
      const name = attributes[i] as string
      for (let k = from; k < all.length; k += 2) if (all[k] === name) continue each
      this.#add(all, name, attributes[i + 1] as string)
    }
    return all.length === from ? this.#shared : all
  }

  #add(to: string[], name: string, text: string): void {
    if (this.#sharedNames.size === 0 || !this.#sharedNames.has(name)) to.push(name, text)
  }

  #streamOf(labels: readonly (readonly [string, string])[]): StreamOutcome {
    const { tenant, limits, directory } = this.#options
    return directory.outcome(tenant, JSON.stringify(labels), limits, () => labels)
  }
}

function setAll(into: Map<string, string>, name: string, value: AnyValue): void {
  flattenValue(name, value, (flat, text) => {
    const normal = metadataName(flat)
    if (!into.has(normal)) into.set(normal, text)
  })
}
