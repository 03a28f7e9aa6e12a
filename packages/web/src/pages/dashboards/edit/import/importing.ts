import { signal } from '@preact/signals'

/** Whether the dialog of importing is open. */
export const importing = signal(false)
