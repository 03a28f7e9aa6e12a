import type { TargetsResponse } from '@girok/server/contract'
import { computed, signal } from '@preact/signals'
import { polled } from '../polled.ts'
import { findTargets } from './target-state.ts'

const pollMs = 3000

/** What the server scrapes, asked for every three seconds. */
export const report = polled<TargetsResponse>('/girok/v1/targets', pollMs)
export const { answer } = report
/** Words that are looked for in jobs, addresses, labels and errors. */
export const search = signal('')

export const found = computed(() => findTargets(answer.value ?? { pools: [], active: [] }, search.value.trim()))
