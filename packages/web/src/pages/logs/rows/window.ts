export interface WindowInput {
  readonly count: number
  readonly rowHeight: number
  readonly viewport: number
  readonly scrollTop: number
}

export interface RowWindow {
  /** First row drawn and the number behind the last. */
  readonly first: number
  readonly end: number
  /** How far the first row lies above the upper edge, in pixels: 0 or more. */
  readonly shift: number
  /** Height of the scrolled space. */
  readonly height: number
}

/** Browsers stop laying out somewhere above 30 million pixels; beyond this height the scroll position is scaled. */
export const maxHeight = 15_000_000

/** Rows that cover the view at a scroll position. The view is covered whenever there are rows enough: no blank frame. */
export function rowWindow({ count, rowHeight, viewport, scrollTop }: WindowInput): RowWindow {
  const real = count * rowHeight
  const height = Math.min(real, maxHeight)
  const range = Math.max(0, height - viewport)
  const top = Math.min(Math.max(0, scrollTop), range)
  const offset = real <= maxHeight ? top : range === 0 ? 0 : (top / range) * (real - viewport)
  const first = Math.min(Math.floor(offset / rowHeight), Math.max(0, count - 1))
  const end = Math.min(count, Math.ceil((offset + viewport) / rowHeight))
  return { first, end, shift: offset - first * rowHeight, height }
}

/** The scroll position that brings a row into view; the present one when it is in view already. */
export function scrollToRow(input: WindowInput, row: number): number {
  const real = input.count * input.rowHeight
  const height = Math.min(real, maxHeight)
  const range = Math.max(0, height - input.viewport)
  const scale = real <= maxHeight || range === 0 ? 1 : (real - input.viewport) / range
  const offset = Math.min(input.scrollTop, range) * scale
  const top = row * input.rowHeight
  if (top < offset) return top / scale
  const bottom = top + input.rowHeight - input.viewport
  return bottom > offset ? bottom / scale : input.scrollTop
}
