import { readFileSync } from 'node:fs'
import { type Family, family } from '../model/readings.ts'
import { defineCollector, numberIn } from './collector.ts'

/** Of some two hundred, those that tell of swapping, paging and killed processes. */
const CHOSEN = /^(oom_kill|pgpg|pswp|pg.*fault)/

export const vmstat = defineCollector({
  name: 'vmstat',
  summary: 'Paging, swapping and processes killed for want of memory',
  open: ({ proc }) => {
    const families = new Map<string, Family>()
    return (readings) => {
      for (const line of readFileSync(`${proc}/vmstat`, 'latin1').split('\n')) {
        const [name = '', value] = line.split(' ')
        if (!CHOSEN.test(name)) continue
        let found = families.get(name)
        if (found === undefined) {
          found = family('unknown', `node_vmstat_${name}`, `${name} of /proc/vmstat.`)
          families.set(name, found)
        }
        readings.set(found, numberIn(value))
      }
    }
  },
})
