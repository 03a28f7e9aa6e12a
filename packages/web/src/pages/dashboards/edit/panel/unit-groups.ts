import type { UnitName } from '@girok/server/contract'

export type UnitGroup = 'plain' | 'data' | 'time' | 'physics'

const groupOf: Readonly<Record<UnitName, UnitGroup>> = {
  none: 'plain',
  perSecond: 'plain',
  percent: 'plain',
  ratio: 'plain',
  bytes: 'data',
  bytesPerSecond: 'data',
  bits: 'data',
  bitsPerSecond: 'data',
  seconds: 'time',
  milliseconds: 'time',
  microseconds: 'time',
  nanoseconds: 'time',
  unixMilliseconds: 'time',
  celsius: 'physics',
  watts: 'physics',
  joules: 'physics',
  volts: 'physics',
  amperes: 'physics',
  hertz: 'physics',
  rpm: 'physics',
}

const order: readonly UnitGroup[] = ['plain', 'data', 'time', 'physics']

/** Every unit, in the groups of the list to choose from. */
export const unitGroups: readonly { readonly group: UnitGroup; readonly units: readonly UnitName[] }[] = order.map(
  (group) => ({ group, units: (Object.keys(groupOf) as UnitName[]).filter((unit) => groupOf[unit] === group) }),
)
