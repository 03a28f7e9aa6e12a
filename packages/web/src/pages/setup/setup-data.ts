import type { SampleState, SetupResponse } from '@girok/server/contract'
import { signal } from '@preact/signals'
import { isAbort } from '../../api/error.ts'
import { fetchSetup, removeSample, setSample } from '../../api/girok.ts'

const pollMs = 1000

/** What the server says about arrivals; undefined until its first answer. */
export const setup = signal<SetupResponse | undefined>(undefined)
export const sampleBusy = signal(false)
export const sampleFault = signal('')

/** Asks the server once a second while the page is shown and the tab is visible. */
export function startPolling(): () => void {
  const abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = async (): Promise<void> => {
    try {
      if (!document.hidden) setup.value = await fetchSetup(abort.signal)
    } catch (error) {
      // The banner of the shell says that the server is away; the page asks again.
      if (isAbort(error)) return
    }
    if (!abort.signal.aborted) timer = setTimeout(() => void ask(), pollMs)
  }
  void ask()
  return () => {
    abort.abort()
    clearTimeout(timer)
  }
}

async function sampleAction(act: () => Promise<SampleState | undefined>): Promise<void> {
  sampleBusy.value = true
  sampleFault.value = ''
  try {
    const state = await act()
    const now = setup.peek()
    if (now !== undefined) setup.value = { ...now, sample: state ?? { ...now.sample, running: false } }
  } catch (error) {
    sampleFault.value = error instanceof Error ? error.message : String(error)
  }
  sampleBusy.value = false
}

export function switchSample(running: boolean): Promise<void> {
  return sampleAction(() => setSample(running))
}

export function deleteSample(): Promise<void> {
  return sampleAction(async () => {
    await removeSample()
    return undefined
  })
}
