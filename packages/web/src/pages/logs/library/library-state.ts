import { signal } from '@preact/signals'

/** Which list is open: saved views or the history of queries. */
export const libraryOpen = signal<'views' | 'history' | undefined>(undefined)
/** True while the page asks for the name of a view. */
export const savingView = signal(false)
/** Name of the view that the address names, once known. */
export const openViewName = signal('')
