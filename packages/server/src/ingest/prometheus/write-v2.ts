import { type LabelSet, labelSet } from '../../model/labels.ts'
import { METRIC_NAME, METRIC_TYPES } from '../../model/sample-batch.ts'
import type { ProtobufReader } from '../decode/protobuf.ts'
import { LabelBlockWriter } from './label-block.ts'
import { refuseHistograms } from './native-histograms.ts'
import type { SampleAssembler } from './sample-assembler.ts'
import { readSample } from './sample-message.ts'
import type { SeriesResolver } from './series-resolver.ts'

/**
 * Decodes remote write 2.0, `io.prometheus.write.v2.Request` (https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/):
 * labels are pairs of places in a table of texts. Throws `bad_request`.
 */
export function decodeWriteV2(
  reader: ProtobufReader,
  assembler: SampleAssembler,
  options: { readonly tenant: string; readonly resolver: SeriesResolver },
): void {
  const symbols = new Symbols(reader)
  const decoder = new SeriesDecoder(reader, symbols, assembler, options)
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    // What 1.0 has; 2.0 keeps the numbers free, so that one is not taken for the other.
    if (field === 1 || field === 3) {
      reader.fail('a message of remote write 1.0: send Content-Type: application/x-protobuf without proto=…v2.Request')
    }
    if (field !== 5) continue
    const outer = reader.enter('timeseries')
    decoder.series()
    reader.leave(outer)
  }
}

/** The table of texts, by their places in the body. It may stand behind the series, so it is looked for first. */
class Symbols {
  readonly #reader: ProtobufReader
  readonly #starts: number[] = []
  readonly #stops: number[] = []

  constructor(reader: ProtobufReader) {
    this.#reader = reader
    const from = reader.position
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field !== 4) continue
      reader.expect(2, 'symbols')
      this.#starts.push(reader.start)
      this.#stops.push(reader.stop)
    }
    reader.position = from
    if (this.#starts.length > 0 && this.#starts[0] !== this.#stops[0]) {
      reader.fail('the first symbol is not the empty text')
    }
  }

  start(ref: number): number {
    return (
      this.#starts[ref] ?? this.#reader.fail(`symbol ${ref} is not among the ${this.#starts.length} of the request`)
    )
  }

  stop(ref: number): number {
    return this.#stops[ref] as number
  }

  text(ref: number): string {
    return this.#reader.bytes.toString('utf8', this.start(ref), this.stop(ref))
  }
}

class SeriesDecoder {
  readonly #reader: ProtobufReader
  readonly #symbols: Symbols
  readonly #assembler: SampleAssembler
  readonly #tenant: string
  readonly #resolver: SeriesResolver
  readonly #block = new LabelBlockWriter()
  readonly #refs: number[] = []

  constructor(
    reader: ProtobufReader,
    symbols: Symbols,
    assembler: SampleAssembler,
    { tenant, resolver }: { readonly tenant: string; readonly resolver: SeriesResolver },
  ) {
    this.#reader = reader
    this.#symbols = symbols
    this.#assembler = assembler
    this.#tenant = tenant
    this.#resolver = resolver
  }

  series(): void {
    const reader = this.#reader
    const refs = this.#refs
    refs.length = 0
    let histograms = 0
    let metadata: readonly [type: number, help: number, unit: number] | undefined
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1) this.#readRefs(refs)
      else if (field === 2) readSample(reader, this.#assembler)
      else if (field === 3) histograms++
      else if (field === 4) this.#exemplar()
      else if (field === 5) metadata = this.#metadata()
    }
    if (histograms > 0) refuseHistograms(this.#assembler, histograms)
    if (refs.length % 2 === 1) reader.fail('labels_refs has a name without a value')
    const block = this.#block
    block.start()
    const { bytes } = reader
    for (let i = 0; i < refs.length; i += 2) {
      const name = refs[i] as number
      const value = refs[i + 1] as number
      const symbols = this.#symbols
      block.add(bytes, symbols.start(name), symbols.stop(name), symbols.start(value), symbols.stop(value))
    }
    const known = this.#resolver.find(this.#tenant, block.bytes, 0, block.length)
    this.#assembler.endSeries(known)
    if (metadata !== undefined && known.outcome.series !== undefined)
      this.#describe(known.outcome.series.labels, metadata)
  }

  #describe(labels: LabelSet, [type, help, unit]: readonly [number, number, number]): void {
    if (type === 0 && help === 0 && unit === 0) return
    const kind = METRIC_TYPES[type] ?? 'unknown'
    this.#assembler.describe({
      metric: familyOf(labels.get(METRIC_NAME) ?? '', kind),
      type: kind,
      help: this.#symbols.text(help),
      unit: this.#symbols.text(unit),
    })
  }

  /** A packed or a single `uint32`. */
  #readRefs(into: number[]): void {
    const reader = this.#reader
    if (reader.wire === 0) {
      into.push(reader.value)
      return
    }
    reader.expect(2, 'labels_refs')
    const { bytes, stop } = reader
    let at = reader.start
    while (at < stop) {
      let ref = 0
      let scale = 1
      let byte = 0x80
      while (byte >= 0x80) {
        if (at >= stop || scale > 2 ** 28) reader.fail('labels_refs holds a number that is cut off or too long')
        byte = bytes[at++] as number
        ref += (byte & 0x7f) * scale
        scale *= 128
      }
      into.push(ref)
    }
  }

  #exemplar(): void {
    const reader = this.#reader
    const outer = reader.enter('exemplars')
    const refs: number[] = []
    let value = 0
    let timeMs = 0
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1) this.#readRefs(refs)
      else if (field === 2) value = reader.double('value')
      else if (field === 3) {
        reader.expect(0, 'timestamp')
        timeMs = reader.value
      }
    }
    reader.leave(outer)
    if (refs.length % 2 === 1) reader.fail('labels_refs of an exemplar has a name without a value')
    const pairs: [string, string][] = []
    for (let i = 0; i < refs.length; i += 2) {
      pairs.push([this.#symbols.text(refs[i] as number), this.#symbols.text(refs[i + 1] as number)])
    }
    this.#assembler.exemplar({ timeMs, value, labels: labelSet(pairs) })
  }

  #metadata(): [number, number, number] {
    const reader = this.#reader
    const outer = reader.enter('metadata')
    const found: [number, number, number] = [0, 0, 0]
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field !== 1 && field !== 3 && field !== 4) continue
      reader.expect(0, 'metadata')
      found[field === 1 ? 0 : field === 3 ? 1 : 2] = reader.value
    }
    reader.leave(outer)
    return found
  }
}

/** Version 2 describes series; the family of a histogram's or summary's series is without their suffixes. */
function familyOf(metric: string, type: string): string {
  if (type === 'histogram' || type === 'gaugehistogram') return metric.replace(/_(?:bucket|count|sum)$/, '')
  if (type === 'summary') return metric.replace(/_(?:count|sum)$/, '')
  return metric
}
