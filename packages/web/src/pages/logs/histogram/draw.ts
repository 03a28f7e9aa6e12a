import type { Volume } from '../model/buckets.ts'
import { type Level, levels } from '../model/level.ts'

export interface Frame {
  readonly width: number
  readonly height: number
  /** Space below the bars for the times. */
  readonly axis: number
  readonly from: number
  readonly to: number
}

export interface Colours {
  readonly level: Readonly<Record<Level, string>>
  readonly text: string
  readonly grid: string
  readonly band: string
  readonly brush: string
  readonly cursor: string
}

/** Pixel of a time, and back. */
export function xOf(ms: number, { width, from, to }: Frame): number {
  return ((ms - from) / (to - from)) * width
}
export function msAt(x: number, { width, from, to }: Frame): number {
  return from + (Math.min(width, Math.max(0, x)) / width) * (to - from)
}

/** Colours of the theme in force, read from the style sheet. */
export function readColours(element: Element): Colours {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  const level = Object.fromEntries(levels.map((one) => [one, token(`--bar-${one}`)])) as Record<Level, string>
  return {
    level,
    text: token('--text-dim'),
    grid: token('--line'),
    band: token('--band'),
    brush: token('--brush'),
    cursor: token('--accent'),
  }
}

export interface Overlay {
  readonly visible: { readonly from: number; readonly to: number } | undefined
  readonly brush: { readonly from: number; readonly to: number } | undefined
  /** Bucket under the pointer or the keyboard. */
  readonly cursor: number | undefined
}

/** Draws bars stacked by level, the most severe at the bottom, where heights compare best. */
export function drawVolume(
  context: CanvasRenderingContext2D,
  volume: Volume | undefined,
  frame: Frame,
  colours: Colours,
  overlay: Overlay,
  ticks: readonly { readonly ms: number; readonly text: string }[],
): void {
  const { width, height, axis } = frame
  const floor = height - axis
  context.clearRect(0, 0, width, height)
  const top = Math.max(1, ...(volume?.buckets.map((bucket) => bucket.total) ?? []))
  context.fillStyle = colours.grid
  context.fillRect(0, floor, width, 1)
  if (overlay.visible !== undefined) {
    const left = xOf(overlay.visible.from, frame)
    context.fillStyle = colours.band
    context.fillRect(left, 0, Math.max(2, xOf(overlay.visible.to, frame) - left), floor)
  }
  for (const [index, bucket] of (volume?.buckets ?? []).entries()) {
    const left = Math.max(0, xOf(bucket.start, frame))
    const right = Math.min(width, xOf(bucket.end, frame))
    const gap = right - left > 3 ? 1 : 0
    context.globalAlpha = overlay.cursor === undefined || overlay.cursor === index ? 1 : 0.6
    let y = floor
    for (const level of levels) {
      const count = bucket.counts[level] ?? 0
      if (count === 0) continue
      // A single error among thousands of lines must still be seen: no part is lower than one pixel.
      const part = Math.max(1, (count / top) * (floor - 4))
      context.fillStyle = colours.level[level]
      context.fillRect(left, y - part, Math.max(1, right - left - gap), part)
      y -= part
    }
  }
  context.globalAlpha = 1
  if (overlay.brush !== undefined) {
    const left = xOf(Math.min(overlay.brush.from, overlay.brush.to), frame)
    const right = xOf(Math.max(overlay.brush.from, overlay.brush.to), frame)
    context.fillStyle = colours.brush
    context.fillRect(left, 0, right - left, floor)
    context.fillStyle = colours.cursor
    context.fillRect(left, 0, 1, floor)
    context.fillRect(right - 1, 0, 1, floor)
  }
  context.fillStyle = colours.text
  context.textBaseline = 'bottom'
  for (const { ms, text } of ticks) {
    const x = xOf(ms, frame)
    const half = context.measureText(text).width / 2
    if (x - half < 0 || x + half > width) continue
    context.fillText(text, x - half, height)
  }
}
