import type { Dashboard } from '../../model/dashboard.ts'
import { atEnd, fullness, panelsOf, promql, valuesOfMetric } from './layout.ts'

const HOSTS = 'instance=~"$instance"'
const RATE = '[$__rate_interval]'
/** Of ports of the host itself: bridges and their ends count the same bytes again. */
const DEVICES = `${HOSTS}, device!~"lo|veth.*|br-.*|docker.*|virbr.*"`
const DISKS = `${HOSTS}, fstype!~"tmpfs|ramfs|overlay|squashfs"`
const CPU_BUSY = `1 - avg by (instance) (rate(node_cpu_seconds_total{${HOSTS}, mode="idle"}${RATE}))`
const MEMORY_USED = `1 - node_memory_MemAvailable_bytes{${HOSTS}} / node_memory_MemTotal_bytes{${HOSTS}}`
const DISK_USED = `1 - node_filesystem_avail_bytes{${DISKS}} / node_filesystem_size_bytes{${DISKS}}`

/** Hosts, by the names of the agent's input `host`, which are those of node_exporter. */
export const host: Dashboard = {
  title: 'Hosts',
  description: 'CPU, memory, disks, network and load of hosts.',
  tags: ['hosts'],
  time: { from: 'now-15m', to: 'now' },
  refresh: '30s',
  variables: [valuesOfMetric('instance', 'Host', 'node_load1')],
  panels: panelsOf([
    {
      height: 4,
      panels: [
        { title: 'Hosts', kind: 'value', queries: [promql(`count(node_load1{${HOSTS}})`)] },
        fullness('CPU of the busiest', `max(${CPU_BUSY})`, 0.8, 0.95),
        fullness('Memory of the fullest', `max(${MEMORY_USED})`, 0.85, 0.95),
        fullness('Fullest file system', `max(${DISK_USED})`, 0.8, 0.9),
        {
          title: 'Longest uptime',
          kind: 'value',
          unit: 'seconds',
          queries: [promql(`max(node_time_seconds{${HOSTS}} - node_boot_time_seconds{${HOSTS}})`)],
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'CPU by host',
          kind: 'line',
          unit: 'ratio',
          min: 0,
          max: 1,
          queries: [promql(CPU_BUSY, '{{instance}}')],
        },
        {
          title: 'CPU by mode',
          description: 'Processors in use.',
          kind: 'stacked',
          unit: 'none',
          queries: [promql(`sum by (mode) (rate(node_cpu_seconds_total{${HOSTS}, mode!="idle"}${RATE}))`, '{{mode}}')],
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Memory in use',
          kind: 'line',
          unit: 'ratio',
          min: 0,
          max: 1,
          queries: [promql(MEMORY_USED, '{{instance}}')],
        },
        {
          title: 'Load, 1 minute',
          kind: 'line',
          min: 0,
          queries: [promql(`node_load1{${HOSTS}}`, '{{instance}}')],
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Disk, read and written',
          kind: 'line',
          unit: 'bytesPerSecond',
          min: 0,
          queries: [
            promql(`sum by (instance) (rate(node_disk_read_bytes_total{${HOSTS}}${RATE}))`, '{{instance}} read'),
            promql(`sum by (instance) (rate(node_disk_written_bytes_total{${HOSTS}}${RATE}))`, '{{instance}} written'),
          ],
        },
        {
          title: 'Disk, time busy',
          kind: 'line',
          unit: 'ratio',
          min: 0,
          queries: [promql(`rate(node_disk_io_time_seconds_total{${HOSTS}}${RATE})`, '{{instance}} {{device}}')],
        },
        {
          title: 'Network, in and out',
          kind: 'line',
          unit: 'bytesPerSecond',
          min: 0,
          queries: [
            promql(`sum by (instance) (rate(node_network_receive_bytes_total{${DEVICES}}${RATE}))`, '{{instance}} in'),
            promql(
              `sum by (instance) (rate(node_network_transmit_bytes_total{${DEVICES}}${RATE}))`,
              '{{instance}} out',
            ),
          ],
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'File systems',
          kind: 'table',
          unit: 'none',
          decimals: 1,
          queries: [
            atEnd(promql(`max by (instance, mountpoint, fstype) (node_filesystem_size_bytes{${DISKS}}) / 2^30`)),
            atEnd(promql(`max by (instance, mountpoint, fstype) (node_filesystem_avail_bytes{${DISKS}}) / 2^30`)),
            atEnd(promql(`100 * max by (instance, mountpoint, fstype) (${DISK_USED})`)),
          ],
          transformations: [
            { kind: 'merge' },
            {
              kind: 'organize',
              exclude: ['Time'],
              order: ['instance', 'mountpoint', 'fstype', 'Value #A', 'Value #B', 'Value #C'],
              rename: { 'Value #A': 'GiB', 'Value #B': 'GiB free', 'Value #C': 'in use %' },
            },
            { kind: 'sortBy', field: 'in use %', descending: true },
          ],
        },
      ],
    },
  ]),
}
