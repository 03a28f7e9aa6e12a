/** Names of series that are switched off. */
export type Hidden = ReadonlySet<string>

export const nothingHidden: Hidden = new Set()

/** Switches one series off or on again. */
export function toggle(hidden: Hidden, name: string): Hidden {
  const next = new Set(hidden)
  if (!next.delete(name)) next.add(name)
  return next
}

/** Leaves one series alone on the chart; asked for the one that is alone already, brings all back. */
export function isolate(hidden: Hidden, name: string, all: readonly string[]): Hidden {
  const alone = all.every((one) => (one === name) !== hidden.has(one))
  return alone ? nothingHidden : new Set(all.filter((one) => one !== name))
}
