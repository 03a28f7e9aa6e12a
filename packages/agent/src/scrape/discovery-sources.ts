import { HttpClient } from './client.ts'
import { type FileDiscovery, type HttpDiscovery, readGroups, type TargetGroup } from './settings/discovery.ts'
import { filesOf, readTargetFile } from './target-files.ts'
import type { Log } from './target-loop.ts'

/** Something that is asked for targets from time to time. */
export interface TargetSource {
  /** What it said last. */
  readonly groups: readonly TargetGroup[]
  /** How long to wait before it is asked again. */
  readonly pauseMs: number
  /** Never rejects; tells whether `groups` may have changed. */
  ask(signal: AbortSignal): Promise<boolean>
  close(): void
}

/** How often files are looked at for changes. */
const LOOK_MS = 5_000
const MOST_HTTP_BYTES = 16 * 2 ** 20
const HTTP_TIMEOUT_MS = 60_000
const URL_LABEL = '__meta_url'

/** Files that list targets. A file that is broken keeps the targets it had. */
export function fileSource(
  { patterns, refreshMs }: FileDiscovery,
  job: string,
  log: Log,
  now: () => number,
): TargetSource {
  let known = new Map<string, { readonly state: string; readonly groups: readonly TargetGroup[] }>()
  let readMs = Number.NEGATIVE_INFINITY
  const complain = complaints(log, job)
  return {
    get groups() {
      return [...known.values()].flatMap(({ groups }) => groups)
    },
    pauseMs: Math.min(LOOK_MS, Math.max(refreshMs, 100)),
    async ask() {
      // A file on some network file systems changes without telling so: read all of them now and then.
      const all = now() - readMs >= refreshMs
      if (all) readMs = now()
      const next: typeof known = new Map()
      let changed = false
      for (const pattern of patterns) {
        try {
          for (const { path, state } of await filesOf(pattern)) {
            const before = known.get(path)
            if (before !== undefined && before.state === state && !all) next.set(path, before)
            else {
              changed = true
              next.set(path, { state, groups: await read(path, before?.groups ?? []) })
            }
          }
        } catch (error) {
          for (const [path, before] of known) if (!next.has(path)) next.set(path, before)
          complain(pattern, error)
        }
      }
      for (const path of known.keys()) if (!next.has(path)) changed = true
      known = next
      return changed
    },
    close: () => undefined,
  }

  async function read(path: string, before: readonly TargetGroup[]): Promise<readonly TargetGroup[]> {
    try {
      const groups = await readTargetFile(path)
      complain(path, undefined)
      return groups
    } catch (error) {
      complain(path, error)
      return before
    }
  }
}

/** A server that lists targets as JSON. While it cannot be asked, its targets stay. */
export function httpSource(
  { url, refreshMs, http }: HttpDiscovery,
  {
    job,
    log,
    now,
    userAgent,
  }: { readonly job: string; readonly log: Log; readonly now: () => number; readonly userAgent: string },
): TargetSource {
  const client = new HttpClient(http, now)
  const complain = complaints(log, job)
  let groups: readonly TargetGroup[] = []
  return {
    get groups() {
      return groups
    },
    pauseMs: Math.max(refreshMs, 100),
    async ask(signal) {
      try {
        const { body, contentType } = await client.get({
          url,
          headers: {
            accept: 'application/json',
            'user-agent': userAgent,
            'x-prometheus-refresh-interval-seconds': String(refreshMs / 1000),
          },
          timeoutMs: HTTP_TIMEOUT_MS,
          maxBytes: MOST_HTTP_BYTES,
          signal,
        })
        if (!/^application\/json\s*(?:;|$)/i.test(contentType ?? '')) {
          throw new Error(`expected Content-Type application/json, not ${contentType ?? 'none'}`)
        }
        groups = readGroups(JSON.parse(body.toString()), []).map(({ targets, labels }) => ({
          targets,
          labels: new Map([...labels, [URL_LABEL, url]]),
        }))
        complain(url, undefined)
        return true
      } catch (error) {
        if (!signal.aborted) complain(url, error)
        return false
      }
    },
    close: () => client.close(),
  }
}

/** Says each fault of a place once, until it is over or another. */
function complaints(log: Log, job: string): (place: string, error: unknown) => void {
  const said = new Map<string, string>()
  return (place, error) => {
    if (error === undefined) {
      said.delete(place)
      return
    }
    const text = error instanceof Error ? error.message : String(error)
    if (said.get(place) === text) return
    said.set(place, text)
    log('warning', 'targets cannot be read; those that were read before are kept', { job, from: place, error: text })
  }
}
