import { signal } from '@preact/signals'
import { basePath } from './base.ts'

export interface Place {
  /** Path below the base, beginning with a slash. */
  readonly path: string
  /** Query string with its question mark, or ''. */
  readonly search: string
}

function read(): Place {
  // Notifications link to alerts and silences behind a `#`, as Alertmanager's do.
  const linked = /^#\/((?:alerts|silences).*)/s.exec(window.location.hash)?.[1]
  if (linked !== undefined) window.history.replaceState(null, '', `${basePath}/${linked.replace(/^s/, 'alerts/s')}`)
  const full = window.location.pathname
  const path = full.startsWith(basePath) ? full.slice(basePath.length) : full
  return { path: path === '' ? '/' : path.replace(/(.)\/+$/, '$1'), search: window.location.search }
}

/** The place shown in the address bar; changes by navigation and by back/forward. */
export const place = signal<Place>(read())

/** Asked before the place changes: false holds that back, `go` does it after all. */
type Guard = (next: Place, go: () => void) => boolean

let guard: Guard = () => true

/** Has every change of the place asked for first; answers what ends that. */
export function guardPlace(ask: Guard): () => void {
  guard = ask
  return () => {
    guard = () => true
  }
}

window.addEventListener('popstate', () => {
  const next = read()
  if (guard(next, () => navigate(next.path, next.search))) place.value = next
  // The browser has moved already.
  else window.history.pushState(null, '', basePath + place.peek().path + place.peek().search)
})

/** Goes to a path below the base. `replace` leaves no entry in the history. */
export function navigate(path: string, search = '', replace = false): void {
  if (!guard({ path, search }, () => navigate(path, search, replace))) return
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
