import { readdirSync, readFileSync } from 'node:fs'
import { family } from '../model/readings.ts'
import { defineCollector, numberIn } from './collector.ts'

const gauge = (name: string, help: string) => family('gauge', `node_network_${name}`, help, ['device'])

const UP = gauge('up', '1 when the device is in operation.')
/** By the file in /sys/class/net/DEVICE. */
const FILES = [
  ['carrier', gauge('carrier', '1 when there is something at the other end of the wire.'), 1],
  ['mtu', gauge('mtu_bytes', 'The largest packet.'), 1],
  // Megabits per second.
  ['speed', gauge('speed_bytes', 'Bytes per second that the device could carry; below 0: not known.'), 125_000],
] as const

export const netclass = defineCollector({
  name: 'netclass',
  summary: 'State, speed and packet size of each network device',
  open:
    ({ sys }, { networks }) =>
    (readings) => {
      const folder = `${sys}/class/net`
      for (const device of readdirSync(folder)) {
        if (networks.test(device)) continue
        const state = contentOf(`${folder}/${device}/operstate`)
        if (state !== undefined) readings.set(UP, state === 'up' ? 1 : 0, [device])
        for (const [file, of, factor] of FILES) {
          readings.set(of, numberIn(contentOf(`${folder}/${device}/${file}`), factor), [device])
        }
      }
    },
})

/** Undefined when the device does not tell: reading carrier or speed of a device that is down is EINVAL. */
function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return undefined
  }
}
