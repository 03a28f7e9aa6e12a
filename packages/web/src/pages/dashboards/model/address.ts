import { isZone } from '../../../time/zone.ts'
import { parseDuration } from './interval.ts'

/** What the address of a dashboard says. What it does not say is as the dashboard has it. */
export interface DashboardAddress {
  readonly from: string | undefined
  readonly to: string | undefined
  /** `local`, `UTC` or an IANA name. */
  readonly zone: string
  /** `10s`, or `off` for not by itself. */
  readonly refresh: string | undefined
  /** Values chosen, by variable: `var-model=a&var-model=b`. */
  readonly variables: ReadonlyMap<string, readonly string[]>
  /** Id of the shown panel that fills the page; '' for none. */
  readonly panel: string
  /** Without the bars of the app, for screens on walls. */
  readonly kiosk: boolean
  /** Rows that are opened or closed otherwise than the dashboard has them. */
  readonly rows: readonly string[]
}

const prefix = 'var-'

/** Reads a query string; what cannot be read counts as not said. */
export function readAddress(search: string): DashboardAddress {
  const params = new URLSearchParams(search)
  const zone = params.get('tz') ?? ''
  const refresh = params.get('refresh') ?? ''
  const variables = new Map<string, string[]>()
  for (const [name, value] of params) {
    if (!name.startsWith(prefix)) continue
    const variable = name.slice(prefix.length)
    const values = variables.get(variable)
    if (values === undefined) variables.set(variable, [value])
    else if (!values.includes(value)) values.push(value)
  }
  return {
    from: params.get('from') ?? undefined,
    to: params.get('to') ?? undefined,
    zone: zone !== '' && isZone(zone) ? zone : 'local',
    refresh: refresh === 'off' || parseDuration(refresh) !== undefined ? refresh : undefined,
    variables,
    panel: params.get('panel') ?? '',
    kiosk: params.get('kiosk') === '1',
    rows: params.getAll('row'),
  }
}

/** The query string with some of it changed; parameters that it does not know stay as they are. */
export function writeAddress(search: string, patch: Partial<DashboardAddress>): string {
  const params = new URLSearchParams(search)
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined || value === '') params.delete(name)
    else params.set(name, value)
  }
  if ('from' in patch) set('from', patch.from)
  if ('to' in patch) set('to', patch.to)
  if (patch.zone !== undefined) set('tz', patch.zone === 'local' ? undefined : patch.zone)
  if ('refresh' in patch) set('refresh', patch.refresh)
  if (patch.panel !== undefined) set('panel', patch.panel)
  if (patch.kiosk !== undefined) set('kiosk', patch.kiosk ? '1' : undefined)
  if (patch.rows !== undefined) {
    params.delete('row')
    for (const row of patch.rows) params.append('row', row)
  }
  if (patch.variables !== undefined) {
    for (const name of [...params.keys()]) if (name.startsWith(prefix)) params.delete(name)
    for (const [name, values] of patch.variables) for (const value of values) params.append(prefix + name, value)
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}
