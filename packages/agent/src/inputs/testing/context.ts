import type { InputContext } from '../../model/input.ts'
import type { MetricDescription, Sample } from '../../model/sink.ts'
import type { Labels, Place, Source, SourceLine, SourcePosition } from '../../model/source.ts'

export interface Written {
  readonly source: Source
  readonly lines: readonly SourceLine[]
  readonly after: Place | undefined
}

/** An input's context that keeps what is written to it. */
export interface GatheringContext extends InputContext {
  readonly written: Written[]
  readonly ended: Source[]
  readonly rounds: (readonly Sample[])[]
  readonly descriptions: MetricDescription[]
  readonly said: { readonly level: string; readonly message: string }[]
  /** When set, the sink is full until the promise resolves. */
  full: Promise<void> | undefined
  texts(): string[]
  /** Series of the last round: `name{a="b"}` and value, sorted; without the labels named. */
  series(...without: string[]): Map<string, number>
}

export function gatheringContext(
  given: { labels?: Labels; kept?: readonly SourcePosition[]; now?: () => number } = {},
): GatheringContext {
  const written: Written[] = []
  const ended: Source[] = []
  const rounds: (readonly Sample[])[] = []
  const descriptions: MetricDescription[] = []
  const said: { level: string; message: string }[] = []
  const context: GatheringContext = {
    name: 'test[0]',
    labels: given.labels ?? new Map(),
    kept: given.kept ?? [],
    now: given.now ?? Date.now,
    log: (level, message) => said.push({ level, message }),
    lines: {
      write: (source, lines, after) => written.push({ source, lines, after }),
      end: (source) => ended.push(source),
      room: () => context.full,
    },
    samples: {
      write: (samples, described = []) => {
        rounds.push(samples)
        descriptions.push(...described)
      },
    },
    written,
    ended,
    rounds,
    descriptions,
    said,
    full: undefined,
    texts: () => written.flatMap(({ lines }) => lines.map(({ text }) => text)),
    series: (...without) => seriesOf(rounds.at(-1) ?? [], without),
  }
  return context
}

function seriesOf(samples: readonly Sample[], without: readonly string[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { labels, value, stale } of samples) {
    if (!stale) found.set(seriesName(labels, without), value)
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** As an exposition writes it, with labels in the order of their names. */
export function seriesName(labels: Labels, without: readonly string[] = []): string {
  const pairs = [...labels]
    .filter(([name]) => name !== '__name__' && !without.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return `${labels.get('__name__')}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`}`
}
