import { signal } from '@preact/signals'

/** True while the list of keys is shown. */
export const sheetOpen = signal(false)
