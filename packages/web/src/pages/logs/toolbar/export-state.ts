import { signal } from '@preact/signals'

/** True while the export dialog is shown. */
export const exporting = signal(false)
