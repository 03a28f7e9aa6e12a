import * as v from 'valibot'
import { type Collect, type Collector, LINUX_COLLECTORS, PORTABLE_COLLECTORS } from '../host/index.ts'
import { defineInput, type Input, type InputContext } from '../model/input.ts'
import { family, type Readings } from '../model/readings.ts'
import { duration } from '../model/units.ts'
import { Health } from './measuring/health.ts'
import { readingsOf, writeRound } from './measuring/measured.ts'
import { Rounds } from './measuring/rounds.ts'

const NAMES = LINUX_COLLECTORS.map(({ name }) => name)

const SUCCESS = family('gauge', 'node_scrape_collector_success', '1 when the collector could read.', ['collector'])
const DURATION = family('gauge', 'node_scrape_collector_duration_seconds', 'Seconds the collector took.', ['collector'])

/** What node_exporter leaves out unless it is told otherwise. */
const EXCLUDED = {
  disks: '^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$',
  fileSystems:
    '^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|' +
    'proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$',
  mountPoints: '^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)',
  networks: '',
} as const

/** A regular expression; the empty one leaves nothing out. */
const pattern = (fallback: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.rawTransform(({ dataset, addIssue, NEVER }) => {
        try {
          return new RegExp(dataset.value || '(?!)')
        } catch (error) {
          addIssue({ message: `is no regular expression: ${(error as Error).message}` })
          return NEVER
        }
      }),
    ),
    fallback,
  )

const collectors = v.array(v.picklist(NAMES))

const options = v.strictObject({
  interval: duration('15s', 1000),
  collectors: v.optional(collectors, NAMES),
  withoutCollectors: v.optional(collectors, []),
  procPath: v.optional(v.string()),
  sysPath: v.optional(v.string(), '/sys'),
  rootPath: v.optional(v.string(), ''),
  excludeDisks: pattern(EXCLUDED.disks),
  excludeFileSystems: pattern(EXCLUDED.fileSystems),
  excludeMountPoints: pattern(EXCLUDED.mountPoints),
  excludeNetworks: pattern(EXCLUDED.networks),
})

type Options = v.InferOutput<typeof options>

interface Opened {
  readonly name: string
  readonly collect: Collect
  readonly health: Health
}

export const host = defineInput<Options>({
  name: 'host',
  summary: 'Processors, memory, disks, file systems, network and load of the machine, as node_exporter names them',
  options,
  example: `
interval: 15s
withoutCollectors: [netclass]
excludeMountPoints: ^/(dev|proc|sys|run)($|/)
`,
  open: (given, context) => openHost(given, context),
})

function openHost(given: Options, context: InputContext): Input {
  const readings = readingsOf(context, 'node')
  const opened = chosen(given).map((collector) => ({
    name: collector.name,
    collect: collector.open(
      { proc: given.procPath ?? '/proc', sys: given.sysPath, root: given.rootPath },
      {
        disks: given.excludeDisks,
        fileSystems: given.excludeFileSystems,
        mountPoints: given.excludeMountPoints,
        networks: given.excludeNetworks,
      },
    ),
    health: new Health(`host/${collector.name}`, context),
  }))
  const rounds = new Rounds(given.interval, async () => {
    const timeMs = context.now()
    for (const one of opened) await collectOne(one, readings)
    writeRound(context, readings, timeMs)
  })
  return {
    start: () => rounds.start(),
    stop: () => rounds.stop(),
    status: () => opened.map(({ health }) => health.status()),
  }
}

function chosen({ collectors, withoutCollectors, procPath }: Options): readonly Collector[] {
  // Another system's /proc may be given, for example by a virtual machine's host.
  const all = process.platform === 'linux' || procPath !== undefined ? LINUX_COLLECTORS : PORTABLE_COLLECTORS
  return all.filter(
    ({ name }) => name === 'portable' || (collectors.includes(name) && !withoutCollectors.includes(name)),
  )
}

async function collectOne({ name, collect, health }: Opened, readings: Readings): Promise<void> {
  const beganMs = performance.now()
  let ok = true
  try {
    await collect(readings)
    health.add(1)
    health.works()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // A kernel may be built without it (pressure), which is no fault of anybody's.
    if (code === 'ENOENT' || code === 'EOPNOTSUPP' || code === 'ENOTSUP') health.waits(`not on this system: ${message}`)
    else health.fails(message)
    ok = false
  }
  readings.set(DURATION, (performance.now() - beganMs) / 1000, [name])
  readings.set(SUCCESS, ok ? 1 : 0, [name])
}
