import { Component, type ComponentChildren } from 'preact'
import type { Entry } from '../../../api/entry.ts'
import { formatNs } from '../../../time/zone.ts'
import { levelMarks, levelOf } from '../model/level.ts'
import type { Column } from '../url-state.ts'
import { readLine } from './line-reading.ts'
import { columnValue } from './row-field.ts'
import { markTexts, oneLine } from './visible-text.ts'

export interface RowProps {
  readonly entry: Entry
  /** Number of the row in its source. */
  readonly row: number
  /** Place in the grid, from 1; the header is 1. */
  readonly gridRow: number
  readonly columns: readonly Column[]
  readonly zone: string
  readonly searched: readonly string[]
  readonly active: boolean
  readonly opened: boolean
  readonly marked: boolean
  /** JSON lines by message and fields instead of as they were written. */
  readonly readable: boolean
}

/** One record. Everything of the log stands in text nodes; nothing of it ever becomes markup. */
export class Row extends Component<RowProps> {
  // While scrolling, most rows stay as they are: comparing ten references is cheaper than drawing them again.
  override shouldComponentUpdate(next: RowProps): boolean {
    const now = this.props
    return (
      now.entry !== next.entry ||
      now.row !== next.row ||
      now.active !== next.active ||
      now.opened !== next.opened ||
      now.marked !== next.marked ||
      now.columns !== next.columns ||
      now.zone !== next.zone ||
      now.searched !== next.searched ||
      now.gridRow !== next.gridRow ||
      now.readable !== next.readable
    )
  }

  override render({
    entry,
    row,
    gridRow,
    columns,
    zone,
    searched,
    active,
    opened,
    marked: chosen,
    readable,
  }: RowProps) {
    const level = levelOf(entry)
    const { glyph, word } = levelMarks[level]
    return (
      <div
        id={`row-${row}`}
        class={`row level-${level}${active ? ' active' : ''}${opened ? ' opened' : ''}${chosen ? ' marked' : ''}`}
        role="row"
        aria-rowindex={gridRow}
        aria-selected={active || chosen}
        data-row={row}
      >
        <span class="cell level" role="gridcell">
          <span class="glyph" aria-hidden="true">
            {glyph}
          </span>
          {word}
        </span>
        <span class="cell time" role="gridcell" title={formatNs(entry.ts, zone, 9)}>
          {formatNs(entry.ts, zone)}
        </span>
        {columns.map(({ name }) => {
          const value = columnValue(entry, name)
          return (
            <span key={name} class="cell" role="gridcell" dir="ltr">
              {value === undefined ? '' : oneLine(value)}
            </span>
          )
        })}
        <span class="cell line" role="gridcell" dir="ltr">
          {lineText(entry, readable, searched)}
        </span>
      </div>
    )
  }
}

function lineText(entry: Entry, readable: boolean, searched: readonly string[]): ComponentChildren {
  const reading = readable ? readLine(entry).readable : undefined
  if (reading === undefined) return marked(entry.line, searched)
  if (reading.message === '') return marked(reading.rest, searched)
  return (
    <>
      {marked(reading.message, searched)}
      <span class="rest">{marked(`  ${reading.rest}`, searched)}</span>
    </>
  )
}

function marked(text: string, searched: readonly string[]): ComponentChildren {
  return markTexts(oneLine(text), searched).map((piece, index) =>
    piece.marked ? <mark key={index}>{piece.text}</mark> : piece.text,
  )
}
