import type { SampleState, SetupResponse } from '@girok/server/contract'
import { signal } from '@preact/signals'
import { fetchSetup, removeSample, setSample } from '../../api/girok.ts'
import { poll } from '../../time/poll.ts'

const pollMs = 1000

/** What the server says about arrivals; undefined until its first answer. */
export const setup = signal<SetupResponse | undefined>(undefined)
export const sampleBusy = signal(false)
export const sampleFault = signal('')

/** Asks the server once a second while the page is shown and the tab is visible. */
export function startPolling(): () => void {
  return poll(pollMs, async (signal) => {
    try {
      setup.value = await fetchSetup(signal)
    } catch {
      // The banner of the shell says that the server is away; the page asks again.
    }
  })
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
