import type { Counter } from '../model/counters.ts'

type LabelValues = Readonly<Record<string, string>>

interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  /** Samples now, in stable order. */
  readonly collect: () => Iterable<readonly [labels: LabelValues, value: number]>
}

/** Girok's own counters and gauges, shown at /metrics in the Prometheus text format (version 0.0.4). */
export interface Registry {
  /** A counter; the name ends in `_total` by Prometheus convention. Names are unique. */
  counter(name: string, help: string): Counter
  /** A value that is read when someone asks; returning undefined leaves the gauge out. */
  gauge(name: string, help: string, read: () => number | undefined): void
  /** The whole exposition. */
  text(): string
}

/** A label combination beyond this many of one counter is counted under `other`, so that no client can grow memory. */
const MAX_COMBINATIONS = 2_000

export function createRegistry(): Registry {
  const families = new Map<string, Family>()
  const register = (family: Family) => {
    if (families.has(family.name)) throw new Error(`metric ${family.name} is registered twice`)
    families.set(family.name, family)
  }
  return {
    counter(name, help) {
      const counts = new Map<string, { readonly labels: LabelValues; value: number }>()
      register({
        name,
        help,
        type: 'counter',
        collect: function* () {
          for (const { labels, value } of counts.values()) yield [labels, value]
        },
      })
      return {
        add(labels, amount = 1) {
          let key = combinationKey(labels)
          if (!counts.has(key) && counts.size >= MAX_COMBINATIONS) {
            labels = Object.fromEntries(Object.keys(labels).map((label) => [label, 'other']))
            key = combinationKey(labels)
          }
          const found = counts.get(key)
          if (found) found.value += amount
          else counts.set(key, { labels, value: amount })
        },
        value: (labels) => counts.get(combinationKey(labels))?.value ?? 0,
      }
    },
    gauge(name, help, read) {
      register({
        name,
        help,
        type: 'gauge',
        collect: function* () {
          const value = read()
          if (value !== undefined) yield [{}, value]
        },
      })
    },
    text() {
      let text = ''
      for (const family of families.values()) {
        text += `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.type}\n`
        for (const [labels, value] of family.collect()) text += `${family.name}${labelText(labels)} ${value}\n`
      }
      return text
    },
  }
}

function combinationKey(labels: LabelValues): string {
  let key = ''
  for (const name of Object.keys(labels).sort()) key += `${name}\0${labels[name]}\0`
  return key
}

function labelText(labels: LabelValues): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((name) => `${name}="${escapeLabelValue(labels[name] ?? '')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabelValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
