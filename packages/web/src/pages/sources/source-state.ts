import type { Source, SourceReason } from '@girok/server/contract'

/**
 * - `off`: switched off by configuration; `closed`: no port of it is configured, and it has no paths either.
 * - `unreached`: the server cannot fetch; `connecting`, `connected`: it fetches, and nothing has come yet.
 * - `waiting`: ready, nothing has come yet; `receiving`: within the last minute; `quiet`: before that.
 */
export type SourceState =
  | 'off'
  | 'closed'
  | 'unreached'
  | 'connecting'
  | 'connected'
  | 'waiting'
  | 'receiving'
  | 'quiet'

export function stateOf({ enabled, routes, listeners, pulls, counts, recordsPerSecond }: Source): SourceState {
  if (!enabled) return 'off'
  if (pulls.some(({ connected, error }) => !connected && error !== undefined)) return 'unreached'
  if (counts.received > 0) return recordsPerSecond > 0 ? 'receiving' : 'quiet'
  if (pulls.length > 0) return pulls.every(({ connected }) => connected) ? 'connected' : 'connecting'
  const open = routes.length > 0 || listeners.some(({ address }) => address !== undefined)
  return open ? 'waiting' : 'closed'
}

/** Where it can be reached besides the server's own port, or fetches from. */
export function addressesOf({ listeners, pulls }: Source): string[] {
  return [...listeners.flatMap(({ address }) => address ?? []), ...pulls.map(({ address }) => address)]
}

export function connectionsOf({ listeners }: Source): number {
  return sum(listeners.map(({ connections }) => connections ?? 0))
}

export const sumOf = (reasons: readonly SourceReason[]): number => sum(reasons.map(({ count }) => count))

/** Records received less all that became of them: 0, or the server has lost (or made up) records. */
export function unaccounted({ counts }: Source): number {
  const { received, stored, duplicate, inFlight, rejected, dropped } = counts
  return received - stored - duplicate - inFlight - sumOf(rejected) - sumOf(dropped)
}

/** Those that have received something or refused something first, else by name. */
export function inOrder(sources: readonly Source[]): string[] {
  const busy = ({ counts, rejections }: Source): number => (counts.received > 0 || rejections.length > 0 ? 0 : 1)
  return [...sources].sort((a, b) => busy(a) - busy(b) || (a.name < b.name ? -1 : 1)).map(({ name }) => name)
}

/** Whether every word of a search stands in the name or the summary. */
export function matches({ name, summary }: Source, search: string): boolean {
  const text = `${name} ${summary}`.toLowerCase()
  return search
    .normalize('NFC')
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** One setting as girok.yaml, the environment and the command line take it. */
export interface Setting {
  readonly yaml: string
  readonly variable: string
  readonly flag: string
}

export function settingOf(path: string, value: string): Setting {
  const nested = path.split('.').reduceRight((inner, name) => `{ ${name}: ${inner} }`, value)
  return {
    yaml: nested.slice(2, -2),
    variable: `GIROK_${path.replaceAll('.', '__').replaceAll('-', '_').toUpperCase()}=${value}`,
    flag: `--set ${path}=${value}`,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
