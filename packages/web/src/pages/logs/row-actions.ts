import type { Entry } from '../../api/entry.ts'
import { copyText } from '../../components/copy.ts'
import { marked, source } from './model/explorer.ts'
import { permalinkOf } from './permalink.ts'

/** Copies the marked lines in the order of the page, or else one line. */
export function copyLines(one: Entry | undefined): void {
  const rows = source()
  const lines: string[] = []
  for (let row = rows.first; marked.peek().size > 0 && row < rows.end; row += 1) {
    const entry = rows.at(row)
    if (entry !== undefined && marked.peek().has(entry)) lines.push(entry.line)
  }
  if (lines.length > 0) void copyText(lines.join('\n'))
  else if (one !== undefined) void copyText(one.line)
}

/** Marks a line, or takes its mark away. */
export function markLine(entry: Entry | undefined): void {
  if (entry === undefined) return
  const next = new Set(marked.peek())
  if (!next.delete(entry)) next.add(entry)
  marked.value = next
}

export function copyPermalink(entry: Entry | undefined): void {
  if (entry !== undefined) void copyText(permalinkOf(entry))
}

/** Presses a filter button of the value in focus, or else of the one under the pointer. */
export function filterBy(button: 'include' | 'exclude'): void {
  const rows = '.field-row, .top-value'
  const row = document.activeElement?.closest(rows) ?? document.querySelector(`:is(${rows}):hover`)
  row?.querySelector<HTMLElement>(`[data-testid^="${button}-"]`)?.click()
}
