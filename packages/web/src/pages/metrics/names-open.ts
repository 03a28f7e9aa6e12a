import { computed, signal } from '@preact/signals'
import { preference } from '../../shell/preferences.ts'

const beside = preference<'yes' | 'no'>('metricNames', 'yes', ['yes', 'no'])
/** On narrow screens the list lies over the chart: it is not kept open, and closes when something was chosen. */
const over = signal(false)
const query = window.matchMedia('(max-width: 760px)')
const narrow = signal(query.matches)
query.addEventListener('change', () => {
  narrow.value = query.matches
})

/** Whether the list of metrics is shown. */
export const namesOpen = computed(() => (narrow.value ? over.value : beside.value === 'yes'))

export function toggleNames(): void {
  if (narrow.peek()) over.value = !over.peek()
  else beside.value = beside.peek() === 'yes' ? 'no' : 'yes'
}

/** Shows the chart again that the list lies over. */
export function uncover(): void {
  over.value = false
}
