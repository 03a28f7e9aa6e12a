import { computed } from '@preact/signals'
import { navigate, place } from '../../shell/router.ts'

/** What the address says beside its path. */
export const params = computed(() => new URLSearchParams(place.value.search))

/** Changes the query string; undefined and '' take a name out. A new entry in the history unless `replace`. */
export function changeParams(patch: Readonly<Record<string, string | undefined>>, replace = false): void {
  const next = new URLSearchParams(place.peek().search)
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  const text = next.toString()
  navigate(place.peek().path, text === '' ? '' : `?${text}`, replace)
}
