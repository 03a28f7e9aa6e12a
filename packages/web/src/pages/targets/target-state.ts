import type { ScrapeTarget, TargetsResponse } from '@girok/server/contract'

/** The targets of one job, as far as a search left them. */
export interface Pool {
  readonly name: string
  readonly targets: readonly ScrapeTarget[]
  /** Of all its targets. */
  readonly up: number
  readonly all: number
}

const order = { down: 0, unknown: 1, up: 2 } as const

/** Jobs with their targets, those that are down first; jobs without a hit are left out. */
export function findTargets({ pools, active }: Pick<TargetsResponse, 'pools' | 'active'>, search: string): Pool[] {
  const words = search.normalize('NFC').toLowerCase().split(/\s+/)
  return pools.flatMap((name) => {
    const own = active.filter(({ scrapePool }) => scrapePool === name)
    const targets = own
      .filter((target) => matches(target, words))
      .sort((a, b) => order[a.health] - order[b.health] || (a.scrapeUrl < b.scrapeUrl ? -1 : 1))
    const up = own.filter(({ health }) => health === 'up').length
    return targets.length === 0 && search !== '' ? [] : [{ name, targets, up, all: own.length }]
  })
}

function matches(
  { scrapePool, scrapeUrl, labels, lastError, health }: ScrapeTarget,
  words: readonly string[],
): boolean {
  const pairs = Object.entries(labels).map((pair) => pair.join('='))
  const text = [scrapePool, scrapeUrl, lastError, health, ...pairs].join(' ').normalize('NFC').toLowerCase()
  return words.every((word) => text.includes(word))
}
