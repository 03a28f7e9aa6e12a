/** What an exporter tells, to hold the agent's own measurements against it. */
export interface Exposition {
  /** `unknown` for what the exporter calls untyped. */
  readonly types: ReadonlyMap<string, string>
  /** By `name{a="b"}`, labels in the order of their names. */
  readonly values: ReadonlyMap<string, number>
}

/** @param without labels that only this exporter has */
export async function exposition(url: string, without = /(?!)/): Promise<Exposition> {
  const types = new Map<string, string>()
  const values = new Map<string, number>()
  for (const line of (await (await fetch(url)).text()).split('\n')) {
    const [, metric, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (metric !== undefined) types.set(metric, type === 'untyped' ? 'unknown' : (type as string))
    if (line === '' || line.startsWith('#')) continue
    const end = line.lastIndexOf(' ')
    // A label without value is no label.
    const name = line
      .slice(0, end)
      .replace(without, '')
      .replaceAll(/\b\w+="",?/g, '')
    values.set(name.replace(/,}$/, '}').replace(/{}$/, ''), Number(line.slice(end + 1)))
  }
  return { types, values }
}
