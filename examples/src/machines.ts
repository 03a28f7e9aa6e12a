import { createCards } from './gpus.ts'
import { around, type Exporter, metersOf, type Random, type Stage } from './workload.ts'

const GIB = 2 ** 30
const PROCESSORS = 4
/** As if the machines had been started so long before the samples. */
const UPTIME_SECONDS = 9 * 86_400
const SECTOR_BYTES = 16_384
const PACKET_BYTES = 900

interface Machine {
  readonly host: string
  readonly memoryGib: number
  readonly diskGib: number
  /** Usual part of the processors that is busy. */
  readonly load: number
}

const MACHINES: readonly Machine[] = [
  { host: 'web-1', memoryGib: 16, diskGib: 100, load: 0.35 },
  { host: 'gpu-1', memoryGib: 64, diskGib: 500, load: 0.55 },
  { host: 'gpu-2', memoryGib: 64, diskGib: 500, load: 0.45 },
]

/** The machines that the example programs would run on: their hosts, and the GPUs that no program of theirs looks at. */
export const machines: Exporter = {
  name: 'machines',
  summary: 'Three hosts, by the names of node_exporter, and the GPUs of the third.',
  open(stage) {
    const hosts = MACHINES.map((machine) => openHost(machine, stage))
    const cards = createCards('gpu-2', stage)
    return {
      measure() {
        for (const measure of hosts) measure()
        cards.read()
      },
    }
  },
}

/** By the names of node_exporter, as the agent's input `host` has them. */
function openHost(machine: Machine, stage: Pick<Stage, 'random' | 'now' | 'meters'>): () => void {
  const { random, now } = stage
  const meters = metersOf(stage, { job: 'node', instance: machine.host })
  const cpu = meters.counter('node_cpu_seconds_total', 'Seconds each processor spent in each mode.')
  const loads = ([1, 5, 15] as const).map((minutes) => ({
    gauge: meters.gauge(`node_load${minutes}`, `Mean number of runnable tasks over ${minutes} minutes.`),
    minutes,
    value: machine.load * PROCESSORS,
  }))
  const memory = (field: string) => meters.gauge(`node_memory_${field}_bytes`, `${field} of /proc/meminfo.`)
  const [total, free, available, cached] = [
    memory('MemTotal'),
    memory('MemFree'),
    memory('MemAvailable'),
    memory('Cached'),
  ]
  const size = meters.gauge('node_filesystem_size_bytes', 'Bytes of the file system.')
  const unused = meters.gauge('node_filesystem_free_bytes', 'Bytes that are free, those that only root may use too.')
  const usable = meters.gauge('node_filesystem_avail_bytes', 'Bytes that everybody may use.')
  const read = meters.counter('node_disk_read_bytes_total', 'Bytes that were read.')
  const written = meters.counter('node_disk_written_bytes_total', 'Bytes that were written.')
  const writes = meters.counter('node_disk_writes_completed_total', 'Writes that ended well.')
  const busyDisk = meters.counter('node_disk_io_time_seconds_total', 'Seconds in which the disk had something to do.')
  const received = meters.counter('node_network_receive_bytes_total', 'Bytes that came.')
  const packets = meters.counter('node_network_receive_packets_total', 'Packets that came.')
  const sent = meters.counter('node_network_transmit_bytes_total', 'Bytes that went.')
  const switches = meters.counter('node_context_switches_total', 'Switches from one task to another.')
  const boot = meters.gauge('node_boot_time_seconds', 'When the machine was started, seconds since 1970.')
  const clock = meters.gauge('node_time_seconds', 'Seconds since 1970 by the clock of the machine.')
  meters
    .gauge('node_uname_info', 'Names of the kernel and the machine; always 1.')
    .set({ nodename: machine.host, sysname: 'Linux', machine: 'x86_64' }, 1)

  let busy = machine.load
  let usedMemory = 0.55
  let usedDisk = 0.6
  let lastSeconds = now() / 1000
  const bootSeconds = lastSeconds - UPTIME_SECONDS

  return () => {
    const seconds = now() / 1000
    const passed = Math.max(0, seconds - lastSeconds)
    lastSeconds = seconds
    busy = nearby(random, busy, machine.load, 0.06)
    usedMemory = nearby(random, usedMemory, 0.55, 0.01)
    usedDisk = Math.min(0.85, usedDisk + passed * 2e-6)

    for (let processor = 0; processor < PROCESSORS; processor++) {
      const its = Math.min(0.98, Math.max(0.02, around(random, busy, 0.05, 4)))
      const waits = Math.min(1 - its, 0.02 * random())
      const spend = (mode: string, part: number) => cpu.add({ cpu: String(processor), mode }, part * passed)
      spend('user', its * 0.78)
      spend('system', its * 0.2)
      spend('softirq', its * 0.02)
      spend('iowait', waits)
      spend('idle', 1 - its - waits)
    }
    for (const load of loads) {
      load.value += (busy * PROCESSORS - load.value) * (1 - Math.exp(-passed / (60 * load.minutes)))
      load.gauge.set({}, Number(load.value.toFixed(2)))
    }
    const bytes = machine.memoryGib * GIB
    total.set({}, bytes)
    available.set({}, Math.round(bytes * (1 - usedMemory)))
    cached.set({}, Math.round(bytes * (1 - usedMemory) * 0.7))
    free.set({}, Math.round(bytes * (1 - usedMemory) * 0.25))

    const disk = { device: '/dev/nvme0n1p1', fstype: 'ext4', mountpoint: '/' }
    size.set(disk, machine.diskGib * GIB)
    unused.set(disk, Math.round(machine.diskGib * GIB * (1 - usedDisk)))
    usable.set(disk, Math.round(machine.diskGib * GIB * (0.95 - usedDisk)))
    const device = { device: 'nvme0n1' }
    const wrote = Math.round(passed * busy * 9e6 * (0.5 + random()))
    read.add(device, Math.round(passed * busy * 4e6 * random()))
    written.add(device, wrote)
    writes.add(device, Math.ceil(wrote / SECTOR_BYTES))
    busyDisk.add(device, passed * busy * 0.3 * random())

    const port = { device: 'eth0' }
    const came = Math.round(passed * busy * 6e6 * (0.5 + random()))
    received.add(port, came)
    packets.add(port, Math.ceil(came / PACKET_BYTES))
    sent.add(port, Math.round(passed * busy * 11e6 * (0.5 + random())))
    switches.add({}, Math.round(passed * busy * 20_000))
    boot.set({}, bootSeconds)
    clock.set({}, seconds)
  }
}

/** A step from `value`, drawn back to `usual`; 0.02 to 0.98. */
function nearby(random: Random, value: number, usual: number, step: number): number {
  return Math.min(0.98, Math.max(0.02, value + (usual - value) * 0.05 + (random() * 2 - 1) * step))
}
