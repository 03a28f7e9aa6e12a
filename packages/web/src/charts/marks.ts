import type uPlot from 'uplot'
import type { ChartExemplar, ChartSpan, Threshold } from './chart-props.ts'
import { resolveColour } from './palette.ts'

/** Tokens of the theme for the colours of thresholds. */
export const thresholdColours: Readonly<Record<Threshold['colour'], string>> = {
  info: 'var(--level-info)',
  ok: 'var(--ok)',
  warn: 'var(--level-warn)',
  error: 'var(--level-error)',
}

/** The colour that holds for a value: of the greatest threshold that it reaches; undefined below all. */
export function thresholdOf(value: number, thresholds: readonly Threshold[]): Threshold['colour'] | undefined {
  let found: Threshold | undefined
  for (const one of thresholds) if (value >= one.value && (found === undefined || one.value >= found.value)) found = one
  return found?.colour
}

/** Lines across the chart, broken, so that they are not taken for series. */
export function drawThresholds(self: uPlot, element: Element, thresholds: readonly Threshold[]): void {
  const { ctx, bbox } = self
  const ratio = devicePixelRatio || 1
  ctx.save()
  ctx.lineWidth = ratio
  ctx.setLineDash([6 * ratio, 4 * ratio])
  for (const { value, colour } of thresholds) {
    const y = Math.round(self.valToPos(value, 'y', true))
    if (!Number.isFinite(y) || y < bbox.top || y > bbox.top + bbox.height) continue
    ctx.strokeStyle = resolveColour(element, thresholdColours[colour])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
  }
  ctx.restore()
}

/** Stretches of time as shades over the whole height, at least one pixel wide. */
export function drawSpans(self: uPlot, element: Element, spans: readonly ChartSpan[]): void {
  const { ctx, bbox } = self
  ctx.save()
  ctx.globalAlpha = 0.18
  for (const { from, to, colour } of spans) {
    const left = Math.max(bbox.left, self.valToPos(from, 'x', true))
    const right = Math.min(bbox.left + bbox.width, self.valToPos(to, 'x', true))
    if (right < left) continue
    ctx.fillStyle = resolveColour(element, thresholdColours[colour])
    ctx.fillRect(left, bbox.top, Math.max(devicePixelRatio || 1, right - left), bbox.height)
  }
  ctx.restore()
}

const halfDiamond = 5

/** Exemplars as diamonds, in the colour of their series with a rim of the ground. */
export function drawExemplars(
  self: uPlot,
  exemplars: readonly ChartExemplar[],
  colourOf: (exemplar: ChartExemplar) => string,
  rim: string,
): void {
  const { ctx, bbox } = self
  const half = halfDiamond * (devicePixelRatio || 1)
  ctx.save()
  ctx.strokeStyle = rim
  ctx.lineWidth = devicePixelRatio || 1
  for (const exemplar of exemplars) {
    const [x, y] = [self.valToPos(exemplar.time, 'x', true), self.valToPos(exemplar.value, 'y', true)]
    if (!(x >= bbox.left && x <= bbox.left + bbox.width && y >= bbox.top && y <= bbox.top + bbox.height)) continue
    ctx.fillStyle = colourOf(exemplar)
    ctx.beginPath()
    ctx.moveTo(x, y - half)
    ctx.lineTo(x + half, y)
    ctx.lineTo(x, y + half)
    ctx.lineTo(x - half, y)
    ctx.closePath()
    ctx.fill()
    ctx.stroke()
  }
  ctx.restore()
}

/** The exemplar nearest to a place of the drawing area in CSS pixels, within reach of a finger. */
export function exemplarNear(
  self: uPlot,
  exemplars: readonly ChartExemplar[],
  left: number,
  top: number,
): ChartExemplar | undefined {
  let [nearest, distance]: [ChartExemplar | undefined, number] = [undefined, halfDiamond + 5]
  for (const exemplar of exemplars) {
    const away = Math.hypot(self.valToPos(exemplar.time, 'x') - left, self.valToPos(exemplar.value, 'y') - top)
    if (away < distance) [nearest, distance] = [exemplar, away]
  }
  return nearest
}
