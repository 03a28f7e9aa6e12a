import { signal } from '@preact/signals'
import { basePath } from './base.ts'

export interface Place {
  /** Path below the base, beginning with a slash. */
  readonly path: string
  /** Query string with its question mark, or ''. */
  readonly search: string
}

function read(): Place {
  const full = window.location.pathname
  const path = full.startsWith(basePath) ? full.slice(basePath.length) : full
  return { path: path === '' ? '/' : path.replace(/(.)\/+$/, '$1'), search: window.location.search }
}

/** The place shown in the address bar; changes by navigation and by back/forward. */
export const place = signal<Place>(read())

window.addEventListener('popstate', () => {
  place.value = read()
})

/** Goes to a path below the base. `replace` leaves no entry in the history. */
export function navigate(path: string, search = '', replace = false): void {
  const next = `${basePath}${path}${search}`
  if (replace) window.history.replaceState(null, '', next)
  else if (next !== window.location.pathname + window.location.search) window.history.pushState(null, '', next)
  place.value = read()
}

/** Click handler for in-app links: leaves modified clicks to the browser. */
export function follow(event: MouseEvent, path: string, search = ''): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  event.preventDefault()
  navigate(path, search)
}
