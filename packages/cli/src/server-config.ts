import type { Config } from '@girok/server/config'
import type { Flags, FlagTable } from './flags.ts'
import type { Io } from './io.ts'

/** Flags of the commands that read the server's configuration. */
export const CONFIG_FLAGS: FlagTable = {
  config: { kind: 'value', value: 'FILE', summary: 'configuration file (default girok.yaml, if there is one)' },
  set: { kind: 'list', value: 'KEY=VALUE', summary: 'set one key; may be given several times' },
  data: { kind: 'value', value: 'DIR', summary: 'data directory (default ./data)' },
}

/** Flags that stand for one key each. */
const KEYS = {
  port: 'server.port',
  host: 'server.host',
  data: 'dataDir',
  'prometheus-config': 'prometheus.configFile',
} as const

/** The configuration that file, environment and flags make together. */
export async function loadFromFlags(flags: Flags, io: Io): Promise<Config> {
  const { loadConfig } = await import('@girok/server/config')
  const overrides = Object.entries(KEYS).flatMap(([name, key]) => {
    const value = flags.text(name)
    return value === undefined ? [] : [{ key, value, from: `--${name}` }]
  })
  const sample = flags.switch('sample')
  return loadConfig({
    file: flags.text('config'),
    set: flags.all('set'),
    overrides: [
      ...overrides,
      ...(sample === undefined
        ? []
        : [{ key: 'sample.enabled', value: sample, from: sample ? '--sample' : '--no-sample' }]),
    ],
    env: io.env,
    cwd: io.cwd,
  })
}
