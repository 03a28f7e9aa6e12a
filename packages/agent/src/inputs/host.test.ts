import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, machine, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'valibot'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { host } from './host.ts'
import { gatheringContext } from './testing/context.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-host-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function putProc(): void {
  put(
    'proc/stat',
    'cpu  300 0 100 900 10 0 2 1 20 0\ncpu0 200 1 60 400 5 0 1 1 10 2\ncpu1 100 0 40 500 5 0 1 0 10 0\n' +
      'intr 8248 0 1 2\nctxt 267000\nbtime 1795228198\nprocesses 1171\nprocs_running 3\nprocs_blocked 1\nsoftirq 9 0 1\n',
  )
  put('proc/meminfo', 'MemTotal:       24684092 kB\nActive(anon):        100 kB\nHugePages_Total:       3\nnonsense\n')
  put('proc/loadavg', '0.52 0.40 0.30 3/150 12345\n')
  put(
    'proc/diskstats',
    '   7       0 loop0 1 0 0 0 0 0 0 0 0 0 0\n 259 0 nvme0n1 10 1 200 3000 20 2 400 5000 1 6000 7000 5 1 80 9 4 1500\n' +
      ' 259 1 nvme0n1p1 1 1 1 1 1 1 1 1 1 1 1\n   8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n',
  )
  put('proc/sys/fs/file-nr', '486\t0\t2466177\n')
  put('proc/vmstat', 'nr_free_pages 5\npgpgin 11\npgpgout 12\npswpin 1\npgfault 99\npgmajfault 3\noom_kill 2\n')
  put('proc/pressure/cpu', 'some avg10=9.86 avg60=3.97 avg300=4.22 total=1500000\nfull avg10=0 total=0\n')
  put('proc/pressure/io', 'some avg10=0 total=250000\nfull avg10=0 total=125000\n')
  put('proc/pressure/memory', 'some avg10=0 total=1\nfull avg10=0 total=0\n')
  put(
    'proc/1/net/dev',
    'Inter-|   Receive  |  Transmit\n' +
      ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n' +
      '    lo: 5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n  eth0:931 345 1 2 3 4 5 6 290 262 7 8 9 10 11 12\n',
  )
  put(
    'proc/1/mounts',
    `/dev/vda / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\n/dev/sdb /data\\040one xfs ro,nosuid 0 0\n` +
      '/dev/sdc /gone ext4 rw 0 0\ntmpfs /sys/fs/x tmpfs rw 0 0\n',
  )
  mkdirSync(join(folder, 'root/data one'), { recursive: true })
  for (const [name, value] of [
    ['ostype', 'Linux'],
    ['osrelease', '6.1.0'],
    ['version', '#1 SMP'],
    ['hostname', 'box'],
    ['domainname', '(none)'],
  ] as const) {
    put(`proc/sys/kernel/${name}`, `${value}\n`)
  }
  put('sys/class/net/eth0/operstate', 'up\n')
  put('sys/class/net/eth0/carrier', '1\n')
  put('sys/class/net/eth0/mtu', '1400\n')
  put('sys/class/net/eth0/speed', '1000\n')
  put('sys/class/net/lo/operstate', 'unknown\n')
}

const paths = () => ({ procPath: join(folder, 'proc'), sysPath: join(folder, 'sys'), rootPath: join(folder, 'root') })

test('fixtures of /proc and /sys give the series that node_exporter makes of them', async () => {
  putProc()
  const context = gatheringContext()
  const input = host.open(parse(host.options, { ...paths(), withoutCollectors: ['time'] }), context)
  input.start()
  await vi.waitFor(() => expect(context.rounds).toHaveLength(1))
  await input.stop()
  const series = context.series('job', 'instance')
  const sizes = [...series.keys()].filter((name) => /_(size|free|avail|files|files_free)(_bytes)?\{/.test(name))
  expect(sizes).toHaveLength(10)
  for (const name of [...series.keys()]) {
    if (sizes.includes(name) || name.startsWith('node_scrape_collector_')) series.delete(name)
  }
  const text = [...series].map(([name, value]) => `${name} ${value}`).join('\n')
  expect(text.replace(machine(), 'MACHINE')).toMatchInlineSnapshot(`
    "node_boot_time_seconds 1795228198
    node_context_switches_total 267000
    node_cpu_guest_seconds_total{cpu="0",mode="nice"} 0.02
    node_cpu_guest_seconds_total{cpu="0",mode="user"} 0.1
    node_cpu_guest_seconds_total{cpu="1",mode="nice"} 0
    node_cpu_guest_seconds_total{cpu="1",mode="user"} 0.1
    node_cpu_seconds_total{cpu="0",mode="idle"} 4
    node_cpu_seconds_total{cpu="0",mode="iowait"} 0.05
    node_cpu_seconds_total{cpu="0",mode="irq"} 0
    node_cpu_seconds_total{cpu="0",mode="nice"} 0.01
    node_cpu_seconds_total{cpu="0",mode="softirq"} 0.01
    node_cpu_seconds_total{cpu="0",mode="steal"} 0.01
    node_cpu_seconds_total{cpu="0",mode="system"} 0.6
    node_cpu_seconds_total{cpu="0",mode="user"} 2
    node_cpu_seconds_total{cpu="1",mode="idle"} 5
    node_cpu_seconds_total{cpu="1",mode="iowait"} 0.05
    node_cpu_seconds_total{cpu="1",mode="irq"} 0
    node_cpu_seconds_total{cpu="1",mode="nice"} 0
    node_cpu_seconds_total{cpu="1",mode="softirq"} 0.01
    node_cpu_seconds_total{cpu="1",mode="steal"} 0
    node_cpu_seconds_total{cpu="1",mode="system"} 0.4
    node_cpu_seconds_total{cpu="1",mode="user"} 1
    node_disk_discard_time_seconds_total{device="nvme0n1"} 0.009000000000000001
    node_disk_discarded_sectors_total{device="nvme0n1"} 80
    node_disk_discards_completed_total{device="nvme0n1"} 5
    node_disk_discards_merged_total{device="nvme0n1"} 1
    node_disk_flush_requests_time_seconds_total{device="nvme0n1"} 1.5
    node_disk_flush_requests_total{device="nvme0n1"} 4
    node_disk_io_now{device="nvme0n1"} 1
    node_disk_io_now{device="sda"} 9
    node_disk_io_time_seconds_total{device="nvme0n1"} 6
    node_disk_io_time_seconds_total{device="sda"} 0.01
    node_disk_io_time_weighted_seconds_total{device="nvme0n1"} 7
    node_disk_io_time_weighted_seconds_total{device="sda"} 0.011
    node_disk_read_bytes_total{device="nvme0n1"} 102400
    node_disk_read_bytes_total{device="sda"} 1536
    node_disk_read_time_seconds_total{device="nvme0n1"} 3
    node_disk_read_time_seconds_total{device="sda"} 0.004
    node_disk_reads_completed_total{device="nvme0n1"} 10
    node_disk_reads_completed_total{device="sda"} 1
    node_disk_reads_merged_total{device="nvme0n1"} 1
    node_disk_reads_merged_total{device="sda"} 2
    node_disk_write_time_seconds_total{device="nvme0n1"} 5
    node_disk_write_time_seconds_total{device="sda"} 0.008
    node_disk_writes_completed_total{device="nvme0n1"} 20
    node_disk_writes_completed_total{device="sda"} 5
    node_disk_writes_merged_total{device="nvme0n1"} 2
    node_disk_writes_merged_total{device="sda"} 6
    node_disk_written_bytes_total{device="nvme0n1"} 204800
    node_disk_written_bytes_total{device="sda"} 3584
    node_filefd_allocated 486
    node_filefd_maximum 2466177
    node_filesystem_device_error{device="/dev/sdb",fstype="xfs",mountpoint="/data one"} 0
    node_filesystem_device_error{device="/dev/sdc",fstype="ext4",mountpoint="/gone"} 1
    node_filesystem_device_error{device="/dev/vda",fstype="ext4",mountpoint="/"} 0
    node_filesystem_readonly{device="/dev/sdb",fstype="xfs",mountpoint="/data one"} 1
    node_filesystem_readonly{device="/dev/sdc",fstype="ext4",mountpoint="/gone"} 0
    node_filesystem_readonly{device="/dev/vda",fstype="ext4",mountpoint="/"} 0
    node_forks_total 1171
    node_intr_total 8248
    node_load1 0.52
    node_load15 0.3
    node_load5 0.4
    node_memory_Active_anon_bytes 102400
    node_memory_HugePages_Total 3
    node_memory_MemTotal_bytes 25276510208
    node_network_carrier{device="eth0"} 1
    node_network_mtu_bytes{device="eth0"} 1400
    node_network_receive_bytes_total{device="eth0"} 931
    node_network_receive_bytes_total{device="lo"} 5
    node_network_receive_compressed_total{device="eth0"} 5
    node_network_receive_compressed_total{device="lo"} 0
    node_network_receive_drop_total{device="eth0"} 2
    node_network_receive_drop_total{device="lo"} 0
    node_network_receive_errs_total{device="eth0"} 1
    node_network_receive_errs_total{device="lo"} 0
    node_network_receive_fifo_total{device="eth0"} 3
    node_network_receive_fifo_total{device="lo"} 0
    node_network_receive_frame_total{device="eth0"} 4
    node_network_receive_frame_total{device="lo"} 0
    node_network_receive_multicast_total{device="eth0"} 6
    node_network_receive_multicast_total{device="lo"} 0
    node_network_receive_packets_total{device="eth0"} 345
    node_network_receive_packets_total{device="lo"} 1
    node_network_speed_bytes{device="eth0"} 125000000
    node_network_transmit_bytes_total{device="eth0"} 290
    node_network_transmit_bytes_total{device="lo"} 5
    node_network_transmit_carrier_total{device="eth0"} 11
    node_network_transmit_carrier_total{device="lo"} 0
    node_network_transmit_colls_total{device="eth0"} 10
    node_network_transmit_colls_total{device="lo"} 0
    node_network_transmit_compressed_total{device="eth0"} 12
    node_network_transmit_compressed_total{device="lo"} 0
    node_network_transmit_drop_total{device="eth0"} 8
    node_network_transmit_drop_total{device="lo"} 0
    node_network_transmit_errs_total{device="eth0"} 7
    node_network_transmit_errs_total{device="lo"} 0
    node_network_transmit_fifo_total{device="eth0"} 9
    node_network_transmit_fifo_total{device="lo"} 0
    node_network_transmit_packets_total{device="eth0"} 262
    node_network_transmit_packets_total{device="lo"} 1
    node_network_up{device="eth0"} 1
    node_network_up{device="lo"} 0
    node_pressure_cpu_waiting_seconds_total 1.5
    node_pressure_io_stalled_seconds_total 0.125
    node_pressure_io_waiting_seconds_total 0.25
    node_pressure_memory_stalled_seconds_total 0
    node_pressure_memory_waiting_seconds_total 0.000001
    node_procs_blocked 1
    node_procs_running 3
    node_uname_info{domainname="(none)",machine="MACHINE",nodename="box",release="6.1.0",sysname="Linux",version="#1 SMP"} 1
    node_vmstat_oom_kill 2
    node_vmstat_pgfault 99
    node_vmstat_pgmajfault 3
    node_vmstat_pgpgin 11
    node_vmstat_pgpgout 12
    node_vmstat_pswpin 1"
  `)
  expect(context.said).toEqual([])
})

test('without more to say, job is node and instance the name of the machine; labels of the configuration win', async () => {
  const context = gatheringContext({
    labels: new Map([
      ['job', 'hosts'],
      ['site', 'a'],
    ]),
  })
  const input = host.open(parse(host.options, { collectors: ['loadavg'] }), context)
  input.start()
  await vi.waitFor(() => expect(context.rounds).toHaveLength(1))
  await input.stop()
  const labels = context.rounds[0]?.[0]?.labels
  expect(Object.fromEntries(labels ?? [])).toEqual({
    job: 'hosts',
    site: 'a',
    instance: hostname(),
    __name__: 'node_load1',
  })
  expect(context.series('job', 'site', 'instance').get('node_scrape_collector_success{collector="loadavg"}')).toBe(1)
})

test('a disk that is gone ends its series; counters of processors do not go back by a tick', async () => {
  putProc()
  const context = gatheringContext()
  const collectors = ['diskstats', 'cpu']
  const input = host.open(parse(host.options, { ...paths(), collectors, interval: '1s' }), context)
  input.start()
  await vi.waitFor(() => expect(context.rounds).toHaveLength(1))
  put('proc/diskstats', '   8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n')
  put('proc/stat', 'cpu0 200 1 60 399 5 0 1 1 10 2\ncpu1 100 0 40 100 5 0 1 0 10 0\n')
  await vi.waitFor(() => expect(context.rounds).toHaveLength(2), 3000)
  await input.stop()
  const stale = context.rounds[1]?.filter(({ stale }) => stale) ?? []
  expect(stale).toHaveLength(17)
  expect(new Set(stale.map(({ labels }) => labels.get('device')))).toEqual(new Set(['nvme0n1']))
  const idle = (cpu: string) =>
    context.series('job', 'instance').get(`node_cpu_seconds_total{cpu="${cpu}",mode="idle"}`)
  expect([idle('0'), idle('1')]).toEqual([4, 1])
})

test('what the kernel does not have is told once and does not stop the rest', async () => {
  putProc()
  rmSync(join(folder, 'proc/pressure'), { recursive: true })
  const context = gatheringContext()
  const input = host.open(
    parse(host.options, { ...paths(), collectors: ['pressure', 'loadavg'], interval: '1s' }),
    context,
  )
  input.start()
  await vi.waitFor(() => expect(context.rounds).toHaveLength(2), 3000)
  expect(context.said).toHaveLength(1)
  expect(context.said[0]).toMatchObject({
    level: 'warning',
    message: expect.stringContaining('host/pressure: not on this'),
  })
  expect(input.status()).toMatchObject([
    { name: 'host/loadavg', state: 'active' },
    { name: 'host/pressure', state: 'waiting' },
  ])
  putProc()
  await vi.waitFor(() => expect(input.status()[1]?.state).toBe('active'), 3000)
  await input.stop()
  expect(context.said.at(-1)).toMatchObject({ level: 'info', message: 'host/pressure: works again' })
})

test('where the first process is hidden, the agent reads what it sees itself', async () => {
  putProc()
  renameSync(join(folder, 'proc/1'), join(folder, 'proc/self'))
  const context = gatheringContext()
  const collectors = ['filesystem', 'netdev']
  const input = host.open(parse(host.options, { ...paths(), collectors }), context)
  input.start()
  await vi.waitFor(() => expect(context.rounds).toHaveLength(1))
  await input.stop()
  expect(context.series('job', 'instance').get('node_network_receive_bytes_total{device="eth0"}')).toBe(931)
  expect(context.said).toEqual([])
})

test('unknown collectors and broken patterns are refused', () => {
  expect(() => parse(host.options, { collectors: ['nonsense'] })).toThrow(/nonsense/)
  expect(() => parse(host.options, { excludeDisks: '(' })).toThrow(/is no regular expression/)
  expect(() => parse(host.options, { interval: '10ms' })).toThrow(/least/)
})
