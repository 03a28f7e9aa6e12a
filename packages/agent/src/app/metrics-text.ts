import type { MetricDescription, Sample } from '../model/sink.ts'

/** Samples in Prometheus' text format, families together, each with its HELP and TYPE. */
export function metricsText(samples: readonly Sample[], descriptions: readonly MetricDescription[]): string {
  const families = new Map<string, Sample[]>()
  const described = new Map(descriptions.map((description) => [description.metric, description]))
  for (const sample of samples) {
    const family = familyOf(sample.labels.get('__name__') ?? '', described)
    const known = families.get(family)
    if (known === undefined) families.set(family, [sample])
    else known.push(sample)
  }
  let text = ''
  for (const [family, members] of families) {
    const description = described.get(family)
    if (description !== undefined) {
      text += `# HELP ${family} ${escaped(description.help, false)}\n# TYPE ${family} ${description.type}\n`
    }
    for (const { labels, value } of members) text += `${seriesText(labels)} ${numberText(value)}\n`
  }
  return text
}

/** Buckets, sums and counts belong to the family of their histogram. */
function familyOf(name: string, described: ReadonlyMap<string, MetricDescription>): string {
  if (described.has(name)) return name
  const base = name.replace(/_(bucket|sum|count)$/, '')
  return described.has(base) ? base : name
}

function seriesText(labels: ReadonlyMap<string, string>): string {
  const pairs: string[] = []
  for (const [name, value] of labels) if (name !== '__name__') pairs.push(`${name}="${escaped(value, true)}"`)
  return `${labels.get('__name__')}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''}`
}

function escaped(text: string, quotes: boolean): string {
  const plain = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return quotes ? plain.replaceAll('"', '\\"') : plain
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}
