import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { msOf } from '../../../api/entry.ts'
import { t } from '../../../shell/i18n.ts'
import { rowHeight } from '../../../shell/theme.ts'
import { activeRow, logs, marked, opened, search, source, tail, visibleSpan } from '../model/explorer.ts'
import { searchedTexts } from '../query/rewrite.ts'
import { ColumnHeads, gridColumns } from './column-heads.tsx'
import { lineStyle } from './line-style.ts'
import { Row } from './row.tsx'
import { openRow } from './row-keys.ts'
import { rowWindow, scrollToRow } from './window.ts'

const headHeight = 26
/** Rows before the end at which the next page is asked for. */
const readAhead = 200

/**
 * The rows. The scrolled space is empty; a sticky layer over it holds the rows of the view, so that even a scroll faster
 * than the drawing shows rows, never a blank.
 */
export function RowList() {
  const scroller = useRef<HTMLDivElement>(null)
  const scrollTop = useSignal(0)
  const viewport = useSignal(600)
  const { live, query, columns, zone } = logs.value
  void search.version.value
  void tail.version.value
  const rows = source()
  const searched = useMemo(() => searchedTexts(query), [query])
  const shape = {
    count: rows.end - rows.first,
    rowHeight: rowHeight.value,
    viewport: viewport.value,
    scrollTop: scrollTop.value,
  }
  const view = rowWindow(shape)

  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      viewport.value = Math.max(0, element.clientHeight - headHeight)
    })
    observer.observe(element)
    element.addEventListener('selectstart', pauseTail)
    return () => {
      observer.disconnect()
      element.removeEventListener('selectstart', pauseTail)
    }
  }, [viewport])

  // A new search begins at its first row.
  const started = search.run.value
  useLayoutEffect(() => {
    if (scroller.current !== null && started >= 0) scroller.current.scrollTop = 0
  }, [started])

  // A tail that is not paused stays at its newest line.
  const following = live && !tail.paused.value
  useLayoutEffect(() => {
    const element = scroller.current
    if (following && element !== null) {
      element.scrollTop = element.scrollHeight
      scrollTop.value = element.scrollTop
    }
  })

  useEffect(() => {
    if (live) return
    if (shape.count > 0 && view.end > shape.count - readAhead) void search.more()
  })

  const firstEntry = rows.at(rows.first + view.first)
  const lastEntry = rows.at(rows.first + view.end - 1)
  useEffect(() => {
    if (live || firstEntry === undefined || lastEntry === undefined) return
    const times = [msOf(firstEntry.ts), msOf(lastEntry.ts)]
    visibleSpan.value = { from: Math.min(...times), to: Math.max(...times) }
  }, [live, firstEntry, lastEntry])

  const active = activeRow.value
  useEffect(() => {
    const element = scroller.current
    if (active === undefined || element === null) return
    element.scrollTop = scrollToRow({ ...shape, scrollTop: element.scrollTop }, active - rows.first)
  }, [active])

  const onScroll = (): void => {
    const element = scroller.current
    if (element === null) return
    if (live && !tail.paused.peek() && element.scrollTop < scrollTop.peek() - 2) {
      const below = element.scrollHeight - element.clientHeight - element.scrollTop
      if (below > rowHeight.peek() * 2) tail.pause()
    }
    scrollTop.value = element.scrollTop
  }

  const readable = lineStyle.value === 'readable'
  const drawn = []
  for (let index = view.first; index < view.end; index += 1) {
    const row = rows.first + index
    const entry = rows.at(row)
    if (entry === undefined) continue
    drawn.push(
      <Row
        key={row}
        entry={entry}
        row={row}
        gridRow={index + 2}
        columns={columns}
        zone={zone}
        searched={searched}
        active={row === active}
        opened={entry === opened.value}
        marked={marked.value.has(entry)}
        readable={readable}
      />,
    )
  }
  return (
    <div
      ref={scroller}
      class={live ? 'rows live' : 'rows'}
      role="grid"
      aria-label={t('rows.label')}
      aria-rowcount={live || search.complete.value ? shape.count + 1 : -1}
      aria-colcount={columns.length + 3}
      aria-activedescendant={active === undefined ? undefined : `row-${active}`}
      aria-busy={search.status.value === 'loading'}
      tabIndex={0}
      data-testid="rows"
      style={{ '--columns': gridColumns(columns) }}
      onScroll={onScroll}
    >
      <ColumnHeads columns={columns} ascending={logs.value.ascending} live={live} />
      <div class="rows-space" role="presentation" style={{ height: `${Math.max(view.height, viewport.value)}px` }}>
        <div class="rows-window" role="presentation" style={{ height: `${viewport.value}px` }}>
          <div
            class="rows-shift"
            role="rowgroup"
            style={{ transform: `translateY(${-view.shift}px)` }}
            onClick={onRowClick}
          >
            {drawn}
          </div>
        </div>
      </div>
    </div>
  )
}

/** Text that is being selected must not move away. */
function pauseTail(): void {
  if (logs.peek().live) tail.pause()
}

/** Opens the row clicked, unless the click ended a selection of text. */
function onRowClick(event: MouseEvent): void {
  const selection = window.getSelection()
  if (selection !== null && !selection.isCollapsed) return
  const element = (event.target as Element).closest<HTMLElement>('[data-row]')
  if (element?.dataset.row === undefined) return
  openRow(Number(element.dataset.row))
}
