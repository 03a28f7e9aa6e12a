/** Arrow keys walk the entries of a list; above the first is the search box. Delete asks to take an entry away. */
export function walkList(event: KeyboardEvent, onDelete: (entry: HTMLElement) => void): void {
  const list = event.currentTarget as HTMLElement
  const target = event.target as HTMLElement
  const entries = [...list.querySelectorAll<HTMLElement>('.library-open')]
  const at = entries.indexOf(target)
  if (at < 0) return
  if (event.key === 'ArrowDown') entries[Math.min(entries.length - 1, at + 1)]?.focus()
  else if (event.key === 'ArrowUp') {
    const above = entries[at - 1] ?? list.closest('.library')?.querySelector<HTMLElement>('.library-search')
    above?.focus()
  } else if (event.key === 'Delete') onDelete(target)
  else return
  event.preventDefault()
}
