import { readFileSync } from 'node:fs'
import { type Family, family } from '../model/readings.ts'
import { defineCollector, numberIn } from './collector.ts'

const LINE = /^([^:\s]+):\s+(\d+)( kB)?$/

export const meminfo = defineCollector({
  name: 'meminfo',
  summary: 'Memory as /proc/meminfo tells it',
  open: ({ proc }) => {
    const families = new Map<string, Family>()
    const of = (field: string, isBytes: boolean) => {
      let found = families.get(field)
      if (found === undefined) {
        const name = field.replace(/\((.*)\)/, '_$1').replaceAll(/\W/g, '_')
        found = family('gauge', `node_memory_${name}${isBytes ? '_bytes' : ''}`, `${field} of /proc/meminfo.`)
        families.set(field, found)
      }
      return found
    }
    return (readings) => {
      for (const line of readFileSync(`${proc}/meminfo`, 'latin1').split('\n')) {
        const [, field, value, kilobytes] = LINE.exec(line) ?? []
        if (field === undefined) continue
        const isBytes = kilobytes !== undefined
        readings.set(of(field, isBytes), numberIn(value, isBytes ? 1024 : 1))
      }
    }
  },
})
