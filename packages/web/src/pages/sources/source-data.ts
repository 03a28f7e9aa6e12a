import type { Source, SourcesResponse } from '@girok/server/contract'
import { computed, signal } from '@preact/signals'
import { getJson } from '../../api/client.ts'
import { isAbort } from '../../api/error.ts'
import { poll } from '../../time/poll.ts'
import { wordsOfFault } from '../fault-words.ts'
import { History } from './history.ts'
import { inOrder, matches } from './source-state.ts'

const pollMs = 2000

interface Answer extends SourcesResponse {
  readonly atMs: number
}

/** The last good answer of the server; undefined until the first. It stays while later requests fail. */
export const answer = signal<Answer | undefined>(undefined)
/** Why the last request failed; '' when it did not. */
export const fault = signal('')
/** Words that are looked for in names and summaries. */
export const search = signal('')
/** Names of the sources whose details are shown. */
export const opened = signal<ReadonlySet<string>>(new Set())

/** Order of the list: as of the first answer since the page was opened, so that nothing jumps while one reads. */
const order = signal<readonly string[]>([])
const histories = new Map<string, History>()

export const shownSources = computed<readonly Source[]>(() => {
  const place = (source: Source): number => order.value.indexOf(source.name)
  return (answer.value?.sources ?? [])
    .filter((one) => matches(one, search.value.trim()))
    .sort((a, b) => place(a) - place(b))
})

export function historyOf(name: string): History {
  let history = histories.get(name)
  if (history === undefined) {
    history = new History()
    histories.set(name, history)
  }
  return history
}

/** Asks the server every two seconds while the page is shown and the tab is visible. */
export function startPolling(): () => void {
  let first = true
  return poll(pollMs, async (abort) => {
    try {
      const response = await getJson<SourcesResponse>('/girok/v1/sources', { signal: abort })
      const atMs = Date.now()
      for (const { name, counts } of response.sources) historyOf(name).add(atMs, counts.received)
      if (first) order.value = inOrder(response.sources)
      first = false
      answer.value = { ...response, atMs }
      fault.value = ''
    } catch (error) {
      if (!isAbort(error)) fault.value = wordsOfFault(error)
    }
  })
}

export function setOpened(name: string, open: boolean): void {
  const next = new Set(opened.peek())
  if (open) next.add(name)
  else next.delete(name)
  opened.value = next
}
