import type { Collector } from './collector.ts'
import { cpu } from './cpu.ts'
import { diskstats } from './diskstats.ts'
import { filefd } from './filefd.ts'
import { filesystem } from './filesystem.ts'
import { loadavg } from './loadavg.ts'
import { meminfo } from './meminfo.ts'
import { netclass } from './netclass.ts'
import { netdev } from './netdev.ts'
import { portable } from './portable.ts'
import { pressure } from './pressure.ts'
import { stat } from './stat.ts'
import { time } from './time.ts'
import { uname } from './uname.ts'
import { vmstat } from './vmstat.ts'

export type { Collect, Collector, HostFilters, HostRoots } from './collector.ts'

/** All of Linux, in the order they are read. */
export const LINUX_COLLECTORS: readonly Collector[] = [
  cpu,
  diskstats,
  filefd,
  filesystem,
  loadavg,
  meminfo,
  netclass,
  netdev,
  pressure,
  stat,
  time,
  uname,
  vmstat,
]

/** Those of any other system. */
export const PORTABLE_COLLECTORS: readonly Collector[] = [portable, time]
