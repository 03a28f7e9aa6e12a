import { Icon } from '../../../components/icon.tsx'
import { t } from '../../../shell/i18n.ts'
import { keyTitle } from '../../../shell/keys.ts'
import { change, logs } from '../model/explorer.ts'
import { type Column, defaultColumnWidth } from '../url-state.ts'
import { lineStyle, toggleLineStyle } from './line-style.ts'

/** Widths of the grid as the style sheet takes them: level, time, the columns chosen, the line. */
export function gridColumns(columns: readonly Column[]): string {
  const chosen = columns.map(({ width }) => `${width}px`).join(' ')
  return `var(--level-width) var(--time-width) ${chosen} minmax(var(--line-width), 1fr)`
}

export function addColumn(name: string): void {
  const { columns } = logs.peek()
  if (columns.some((column) => column.name === name)) return
  change({ columns: [...columns, { name, width: defaultColumnWidth }] })
}

export function removeColumn(name: string): void {
  change({ columns: logs.peek().columns.filter((column) => column.name !== name) })
}

export function toggleColumn(name: string): void {
  if (logs.peek().columns.some((column) => column.name === name)) removeColumn(name)
  else addColumn(name)
}

function moveColumn(name: string, to: number): void {
  const columns = [...logs.peek().columns]
  const from = columns.findIndex((column) => column.name === name)
  if (from < 0 || to < 0 || to >= columns.length) return
  const [column] = columns.splice(from, 1)
  if (column !== undefined) columns.splice(to, 0, column)
  change({ columns })
}

function resizeColumn(name: string, width: number): void {
  const limited = Math.round(Math.min(1200, Math.max(48, width)))
  const columns = logs.peek().columns.map((column) => (column.name === name ? { ...column, width: limited } : column))
  // Every pixel of a drag would fill the history: the address is replaced.
  change({ columns }, true)
}

const dragType = 'application/x-girok-column'

export function ColumnHeads(props: {
  readonly columns: readonly Column[]
  readonly ascending: boolean
  readonly live: boolean
}) {
  const sortLabel = props.ascending ? t('rows.oldestFirst') : t('rows.newestFirst')
  return (
    <div class="heads" role="row" aria-rowindex={1}>
      <span class="head" role="columnheader">
        {t('rows.level')}
      </span>
      <span class="head" role="columnheader" aria-sort={props.live || props.ascending ? 'ascending' : 'descending'}>
        {props.live ? (
          t('rows.time')
        ) : (
          <button
            type="button"
            class="head-button"
            title={sortLabel}
            data-testid="sort"
            onClick={() => change({ ascending: !props.ascending })}
          >
            {t('rows.time')}
            <Icon name={props.ascending ? 'sortUp' : 'sortDown'} size={14} />
          </button>
        )}
      </span>
      {props.columns.map((column, index) => (
        <ColumnHead key={column.name} column={column} index={index} />
      ))}
      <span class="head" role="columnheader">
        {t('rows.line')}
        <span class="spring" />
        <button
          type="button"
          class="head-button switch"
          aria-pressed={lineStyle.value === 'readable'}
          title={keyTitle(t('rows.readable'), 'lines')}
          data-testid="line-style"
          onClick={toggleLineStyle}
        >
          <Icon name="format" size={14} />
          {t('rows.readableShort')}
        </button>
      </span>
    </div>
  )
}

function ColumnHead({ column, index }: { readonly column: Column; readonly index: number }) {
  const { name } = column
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowLeft' && event.shiftKey) resizeColumn(name, column.width - 16)
    else if (event.key === 'ArrowRight' && event.shiftKey) resizeColumn(name, column.width + 16)
    else if (event.key === 'ArrowLeft') moveColumn(name, index - 1)
    else if (event.key === 'ArrowRight') moveColumn(name, index + 1)
    else if (event.key === 'Delete') removeColumn(name)
    else return
    event.preventDefault()
  }
  const resize = (event: PointerEvent): void => {
    event.preventDefault()
    const grip = event.currentTarget as HTMLElement
    grip.setPointerCapture(event.pointerId)
    const move = (moved: PointerEvent): void => resizeColumn(name, column.width + moved.clientX - event.clientX)
    grip.addEventListener('pointermove', move)
    grip.addEventListener('pointerup', () => grip.removeEventListener('pointermove', move), { once: true })
  }
  return (
    <span
      class="head movable"
      role="columnheader"
      draggable
      onDragStart={(event) => event.dataTransfer?.setData(dragType, name)}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes(dragType)) event.preventDefault()
      }}
      onDrop={(event) => {
        event.preventDefault()
        moveColumn(event.dataTransfer?.getData(dragType) ?? '', index)
      }}
    >
      <button type="button" class="head-button name" title={t('rows.columnKeys', { name })} onKeyDown={onKey}>
        {name}
      </button>
      <button
        type="button"
        class="head-remove"
        aria-label={t('rows.removeColumn', { name })}
        title={t('rows.removeColumn', { name })}
        onClick={() => removeColumn(name)}
      >
        <Icon name="close" size={12} />
      </button>
      <span class="head-grip" aria-hidden="true" draggable onDragStart={stop} onPointerDown={resize} />
    </span>
  )
}

function stop(event: DragEvent): void {
  event.preventDefault()
  event.stopPropagation()
}
