import type { Source, SourcesResponse } from '@girok/server/contract'
import { computed, signal } from '@preact/signals'
import { type Polled, polled } from '../polled.ts'
import { History } from './history.ts'
import { inOrder, matches } from './source-state.ts'

const pollMs = 2000

/** When the last answer came, by the clock of this browser. */
export const heardMs = signal(0)
/** Words that are looked for in names and summaries. */
export const search = signal('')
/** Names of the sources whose details are shown. */
export const opened = signal<ReadonlySet<string>>(new Set())

/** Order of the list: as of the first answer since the page was opened, so that nothing jumps while one reads. */
const order = signal<readonly string[]>([])
const histories = new Map<string, History>()

export function historyOf(name: string): History {
  let history = histories.get(name)
  if (history === undefined) {
    history = new History()
    histories.set(name, history)
  }
  return history
}

let first = true
const polling = polled<SourcesResponse>('/girok/v1/sources', pollMs, ({ sources }) => {
  heardMs.value = Date.now()
  for (const { name, counts } of sources) historyOf(name).add(heardMs.value, counts.received)
  if (first) order.value = inOrder(sources)
  first = false
})

/** The receivers, asked for every two seconds. */
export const report: Polled<SourcesResponse> = {
  ...polling,
  start: () => {
    first = true
    return polling.start()
  },
}
export const { answer } = report

export const shownSources = computed<readonly Source[]>(() => {
  const place = (source: Source): number => order.value.indexOf(source.name)
  return (answer.value?.sources ?? [])
    .filter((one) => matches(one, search.value.trim()))
    .sort((a, b) => place(a) - place(b))
})

export function setOpened(name: string, open: boolean): void {
  const next = new Set(opened.peek())
  if (open) next.add(name)
  else next.delete(name)
  opened.value = next
}
