import { type Answer, readAnswer } from './answer.ts'
import type { Client } from './client.ts'
import { Failure } from './failure.ts'
import type { Entry } from './output/entries.ts'

export interface PageRequest {
  readonly query: string
  /** Inclusive. */
  readonly startNs: bigint
  /** Exclusive. */
  readonly endNs: bigint
  /** Lines altogether. */
  readonly limit: number
  readonly newestFirst: boolean
  readonly step?: string | undefined
  readonly signal?: AbortSignal
}

/** Loki's and Girok's limit of one answer, unless configured lower. */
const LARGEST_PAGE = 5000

/**
 * Runs a range query, in as many requests as it takes to get `limit` lines: each goes on at the time where the last one
 * ended, and lines of that time which were given before are left out, so that none is missed and none comes twice.
 * A metric query is one answer.
 */
export async function* queryPages(client: Client, request: PageRequest): AsyncIterable<Answer> {
  let { startNs, endNs } = request
  let largest = LARGEST_PAGE
  let given = 0
  /** Lines of the time that the last page ended with, and how often each was given. */
  let atEdge = new Map<string, number>()
  while (given < request.limit && startNs < endNs) {
    let repeated = 0
    for (const count of atEdge.values()) repeated += count
    const size = Math.min(largest, request.limit - given + repeated)
    let answer: Answer
    try {
      answer = await page(client, { ...request, startNs, endNs }, size)
    } catch (error) {
      const allowed = error instanceof Failure ? lowerLimit(error.message, size) : undefined
      if (allowed === undefined) throw error
      largest = allowed
      continue
    }
    if (!('entries' in answer)) {
      yield answer
      return
    }
    const fresh = withoutGiven(answer.entries, atEdge).slice(0, request.limit - given)
    given += fresh.length
    yield { entries: fresh }
    const last = answer.entries.at(-1)
    if (last === undefined || answer.entries.length < size) return
    if (fresh.length === 0) {
      throw new Failure(
        `more than ${size} lines have the same time, which is more than one answer holds: narrow the query`,
      )
    }
    if (fresh[0]?.ns !== last.ns) atEdge = new Map()
    for (const entry of fresh) if (entry.ns === last.ns) atEdge.set(keyOf(entry), (atEdge.get(keyOf(entry)) ?? 0) + 1)
    if (request.newestFirst) endNs = last.ns + 1n
    else startNs = last.ns
  }
}

async function page(client: Client, request: PageRequest, size: number): Promise<Answer> {
  const params = new URLSearchParams({
    query: request.query,
    start: String(request.startNs),
    end: String(request.endNs),
    limit: String(size),
    direction: request.newestFirst ? 'backward' : 'forward',
  })
  if (request.step !== undefined) params.set('step', request.step)
  return readAnswer(await client.json('/loki/api/v1/query_range', params, request.signal), request.newestFirst)
}

/** A server with a lower query.maxEntries says so: `… (5000 > 1000)`. */
function lowerLimit(message: string, size: number): number | undefined {
  const limit = Number(/max entries limit.*\(\d+ > (\d+)\)/.exec(message)?.[1])
  return limit > 0 && limit < size ? limit : undefined
}

function withoutGiven(entries: readonly Entry[], given: ReadonlyMap<string, number>): Entry[] {
  if (given.size === 0) return [...entries]
  const left = new Map(given)
  return entries.filter((entry) => {
    const key = keyOf(entry)
    const count = left.get(key) ?? 0
    if (count > 0) left.set(key, count - 1)
    return count === 0
  })
}

function keyOf({ ns, labels, line }: Entry): string {
  return `${ns} ${JSON.stringify(labels)} ${line}`
}
