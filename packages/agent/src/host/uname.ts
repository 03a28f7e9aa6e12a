import { readFileSync } from 'node:fs'
import { machine } from 'node:os'
import { family } from '../model/readings.ts'
import { defineCollector } from './collector.ts'

const NAMES = ['sysname', 'release', 'version', 'machine', 'nodename', 'domainname']

export const UNAME = family('gauge', 'node_uname_info', 'Names of the kernel and the machine; always 1.', NAMES)

export const uname = defineCollector({
  name: 'uname',
  summary: 'Names of the kernel and the machine',
  open:
    ({ proc }) =>
    (readings) => {
      const of = (file: string) => readFileSync(`${proc}/sys/kernel/${file}`, 'utf8').trim()
      const [system, release, version] = [of('ostype'), of('osrelease'), of('version')]
      readings.set(UNAME, 1, [system, release, version, machine(), of('hostname'), of('domainname')])
    },
})
