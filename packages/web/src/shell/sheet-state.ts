import { signal } from '@preact/signals'

/** True while the list of keys is shown. */
export const sheetOpen = signal(false)
/** True while the list of commands is shown. */
export const paletteOpen = signal(false)
