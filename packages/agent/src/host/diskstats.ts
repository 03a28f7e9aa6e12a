import { readFileSync } from 'node:fs'
import { family } from '../model/readings.ts'
import { defineCollector, numberIn } from './collector.ts'

const counter = (name: string, help: string) => family('counter', `node_disk_${name}_total`, help, ['device'])

/** The kernel counts in sectors of 512 bytes whatever the disk's own are. */
const SECTOR = 512
const MILLISECOND = 0.001

/** Columns of /proc/diskstats behind the name; kernels before 4.18 have 11, before 5.5 15 of them. */
const COLUMNS = [
  [counter('reads_completed', 'Reads that ended well.'), 1],
  [counter('reads_merged', 'Reads that were joined with one beside them.'), 1],
  [counter('read_bytes', 'Bytes that were read.'), SECTOR],
  [counter('read_time_seconds', 'Seconds of all reads together.'), MILLISECOND],
  [counter('writes_completed', 'Writes that ended well.'), 1],
  [counter('writes_merged', 'Writes that were joined with one beside them.'), 1],
  [counter('written_bytes', 'Bytes that were written.'), SECTOR],
  [counter('write_time_seconds', 'Seconds of all writes together.'), MILLISECOND],
  [family('gauge', 'node_disk_io_now', 'Operations that go on now.', ['device']), 1],
  [counter('io_time_seconds', 'Seconds in which the disk had something to do.'), MILLISECOND],
  [counter('io_time_weighted_seconds', 'Seconds of all operations together, those that wait too.'), MILLISECOND],
  [counter('discards_completed', 'Discards that ended well.'), 1],
  [counter('discards_merged', 'Discards that were joined with one beside them.'), 1],
  [counter('discarded_sectors', 'Sectors of 512 bytes that were discarded.'), 1],
  [counter('discard_time_seconds', 'Seconds of all discards together.'), MILLISECOND],
  [counter('flush_requests', 'Flushes that ended well.'), 1],
  [counter('flush_requests_time_seconds', 'Seconds of all flushes together.'), MILLISECOND],
] as const

export const diskstats = defineCollector({
  name: 'diskstats',
  summary: 'Reads, writes and times of each disk',
  open:
    ({ proc }, { disks }) =>
    (readings) => {
      for (const line of readFileSync(`${proc}/diskstats`, 'latin1').split('\n')) {
        const [, , device, ...values] = line.trim().split(/\s+/)
        if (device === undefined || disks.test(device)) continue
        for (const [i, [column, factor]] of COLUMNS.entries()) {
          readings.set(column, numberIn(values[i], factor), [device])
        }
      }
    },
})
