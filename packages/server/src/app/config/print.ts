import { formatBytes, formatDuration } from '@girok/query/settings'
import { stringify } from 'yaml'
import type { ConfigSection, ReceiverDeclaration } from './keys.ts'
import { configTree, isSection } from './keys.ts'
import type { Config } from './load.ts'

/** What stands in place of a secret. */
const HIDDEN = '***'

type Values = Readonly<Record<string, unknown>>

/** A copy in which every secret that is set reads `***`. */
export function redactConfig(config: Config, receivers?: readonly ReceiverDeclaration[]): Config {
  return redact(config, configTree(receivers)) as Config
}

function redact(values: Values, section: ConfigSection): Values {
  const copy: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    const node = section.children.get(name)
    if (node === undefined) copy[name] = value
    else if (isSection(node)) copy[name] = node.open ? value : redact(value as Values, node)
    else copy[name] = node.secret && isSet(value) ? HIDDEN : value
  }
  return copy
}

/** The configuration as a girok.yaml that means the same, sizes and durations with units. Secrets are hidden. */
export function printConfig(config: Config, receivers?: readonly ReceiverDeclaration[]): string {
  return stringify(written(redactConfig(config, receivers), configTree(receivers)), { lineWidth: 0 })
}

function written(values: Values, section: ConfigSection): Values {
  const copy: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    const node = section.children.get(name)
    if (value === undefined) continue
    if (node !== undefined && isSection(node)) copy[name] = node.open ? value : written(value as Values, node)
    else if (node?.kind === 'bytes' && typeof value === 'number') copy[name] = formatBytes(value)
    else if (node?.kind === 'duration' && typeof value === 'number') copy[name] = formatDuration(value)
    else copy[name] = value
  }
  return copy
}

/** Whether there is anything to hide. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)
}
