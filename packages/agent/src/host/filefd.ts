import { readFileSync } from 'node:fs'
import { family } from '../model/readings.ts'
import { defineCollector, numberIn } from './collector.ts'

const ALLOCATED = family('gauge', 'node_filefd_allocated', 'Files that are open in the whole system.')
const MAXIMUM = family('gauge', 'node_filefd_maximum', 'Files that may be open in the whole system.')

export const filefd = defineCollector({
  name: 'filefd',
  summary: 'Open files of the whole system',
  open:
    ({ proc }) =>
    (readings) => {
      const [allocated, , maximum] = readFileSync(`${proc}/sys/fs/file-nr`, 'latin1').trim().split(/\s+/)
      readings.set(ALLOCATED, numberIn(allocated))
      readings.set(MAXIMUM, numberIn(maximum))
    },
})
