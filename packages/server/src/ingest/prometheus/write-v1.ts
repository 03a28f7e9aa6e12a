import { labelSet } from '../../model/labels.ts'
import { METRIC_TYPES } from '../../model/sample-batch.ts'
import type { ProtobufReader } from '../decode/protobuf.ts'
import { LabelBlockWriter, readLabelBlock } from './label-block.ts'
import { refuseHistograms } from './native-histograms.ts'
import type { SampleAssembler } from './sample-assembler.ts'
import { readSample } from './sample-message.ts'
import type { SeriesResolver } from './series-resolver.ts'

/**
 * Decodes remote write 1.0, `prometheus.WriteRequest` (https://prometheus.io/docs/specs/prw/remote_write_spec/), into
 * columns. Nothing is built for a sample, and for a series only when its labels are not known. Native histograms are
 * refused one by one. Throws `bad_request`.
 */
export function decodeWriteV1(
  reader: ProtobufReader,
  assembler: SampleAssembler,
  { tenant, resolver }: { readonly tenant: string; readonly resolver: SeriesResolver },
): void {
  const { bytes } = reader
  const scattered = new LabelBlockWriter()
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) {
      const outer = reader.enter('timeseries')
      readSeries()
      reader.leave(outer)
    } else if (field === 3) {
      const outer = reader.enter('metadata')
      readMetadata(reader, assembler)
      reader.leave(outer)
    } else if (field === 4 || field === 5) {
      // The fields of 2.0, whose numbers 1.0 has none of: passed over, all that was sent would be lost unseen.
      reader.fail(
        'a message of remote write 2.0: send Content-Type: application/x-protobuf;proto=io.prometheus.write.v2.Request',
      )
    }
  }

  function readSeries(): void {
    const seriesStart = reader.position
    let blockStart = seriesStart
    let blockEnd = seriesStart
    let isScattered = false
    let fieldStart = seriesStart
    let histograms = 0
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1) {
        reader.expect(2, 'labels')
        if (fieldStart !== blockEnd) {
          if (blockStart === blockEnd) blockStart = fieldStart
          else isScattered = true
        }
        blockEnd = reader.position
      } else if (field === 2) readSample(reader, assembler)
      else if (field === 3) readExemplar(reader, assembler)
      else if (field === 4) histograms++
      fieldStart = reader.position
    }
    if (histograms > 0) refuseHistograms(assembler, histograms)
    if (isScattered) {
      gatherLabels(reader, seriesStart, scattered)
      assembler.endSeries(resolver.find(tenant, scattered.bytes, 0, scattered.length))
    } else assembler.endSeries(resolver.find(tenant, bytes, blockStart, blockEnd))
  }
}

/** Labels that do not stand side by side, brought together. The reader is at the end of the series, and is so again. */
function gatherLabels(reader: ProtobufReader, start: number, into: LabelBlockWriter): void {
  into.start()
  reader.position = start
  let fieldStart = start
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) into.append(reader.bytes, fieldStart, reader.position)
    fieldStart = reader.position
  }
}

function readExemplar(reader: ProtobufReader, assembler: SampleAssembler): void {
  const outer = reader.enter('exemplars')
  const from = reader.position
  let value = 0
  let timeMs = 0
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) value = reader.double('value')
    else if (field === 3) {
      reader.expect(0, 'timestamp')
      timeMs = reader.value
    }
  }
  const labels = readLabelBlock(reader.bytes, from, reader.end)
  reader.leave(outer)
  assembler.exemplar({ timeMs, value, labels: labelSet(labels.map(([name, text]) => [`${name}`, `${text}`])) })
}

function readMetadata(reader: ProtobufReader, assembler: SampleAssembler): void {
  let type = 0
  let metric = ''
  let help = ''
  let unit = ''
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) {
      reader.expect(0, 'type')
      type = reader.value
    } else if (field === 2) metric = reader.text('metric_family_name')
    else if (field === 4) help = reader.text('help')
    else if (field === 5) unit = reader.text('unit')
  }
  assembler.describe({ metric, type: METRIC_TYPES[type] ?? 'unknown', help, unit })
}
