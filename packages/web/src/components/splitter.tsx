import type { Signal } from '@preact/signals'

interface SplitterProps {
  readonly label: string
  /** Width in pixels of the panel that it changes. */
  readonly width: Signal<string>
  readonly min: number
  readonly max: number
  /** Side of the panel on which it stands. */
  readonly side: 'left' | 'right'
}

/** A bar between panels: dragged with the pointer or moved with the arrow keys. */
export function Splitter({ label, width, min, max, side }: SplitterProps) {
  const sign = side === 'right' ? 1 : -1
  const set = (value: number): void => {
    width.value = String(Math.round(Math.min(max, Math.max(min, value))))
  }
  const drag = (event: PointerEvent): void => {
    const bar = event.currentTarget as HTMLElement
    const startX = event.clientX
    const startWidth = Number(width.peek())
    bar.setPointerCapture(event.pointerId)
    const move = (moved: PointerEvent): void => set(startWidth + sign * (moved.clientX - startX))
    bar.addEventListener('pointermove', move)
    bar.addEventListener('pointerup', () => bar.removeEventListener('pointermove', move), { once: true })
  }
  return (
    <div
      class="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={Number(width.value)}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') set(Number(width.peek()) - sign * 16)
        else if (event.key === 'ArrowRight') set(Number(width.peek()) + sign * 16)
        else return
        event.preventDefault()
      }}
    />
  )
}
