import { type Family, family } from '../model/readings.ts'
import { defineCollector, numberIn, readOfFirstProcess } from './collector.ts'

/** Names of columns, by direction, as the second line of /proc/net/dev has them. */
function columnsOf(header: string): readonly Family[] {
  const [, received = '', sent = ''] = header.split('|')
  const of = (direction: string, names: string) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) =>
        family(
          'counter',
          `node_network_${direction}_${name}_total`,
          `Column ${name} of ${direction} in /proc/net/dev, by device.`,
          ['device'],
        ),
      )
  return [...of('receive', received), ...of('transmit', sent)]
}

export const netdev = defineCollector({
  name: 'netdev',
  summary: 'Bytes, packets, errors and drops of each network device',
  open: ({ proc }, { networks }) => {
    let header = ''
    let columns: readonly Family[] = []
    return (readings) => {
      const [, names = '', ...lines] = readOfFirstProcess(proc, 'net/dev').split('\n')
      if (names !== header) {
        header = names
        columns = columnsOf(names)
      }
      for (const line of lines) {
        // A device may have colons in its name (eth0:1), and no blank need follow the last.
        const end = line.lastIndexOf(':')
        const device = line.slice(0, Math.max(0, end)).trim()
        if (device === '' || networks.test(device)) continue
        const values = line
          .slice(end + 1)
          .trim()
          .split(/\s+/)
        for (const [i, column] of columns.entries()) readings.set(column, numberIn(values[i]), [device])
      }
    }
  },
})
