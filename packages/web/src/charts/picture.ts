import type { ChartSeries } from './frame.ts'
import { axisFont, groundOf } from './ground.ts'
import { type Ink, resolveColour } from './palette.ts'

interface Picture {
  readonly title: string
  readonly series: readonly ChartSeries[]
  readonly inks: ReadonlyMap<string, Ink>
  readonly names: ReadonlyMap<string, string>
}

const namedSeries = 24

/** The drawing on the ground of the page, with its title above and the names of its series below. */
export function pictureOf(drawing: HTMLCanvasElement, element: HTMLElement, picture: Picture): HTMLCanvasElement {
  const ratio = window.devicePixelRatio || 1
  const ground = groundOf(element)
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d')
  if (context === null) return canvas
  const named = picture.series.slice(0, namedSeries)
  const line = 18 * ratio
  const columns = Math.max(1, Math.floor(drawing.width / (260 * ratio)))
  canvas.width = drawing.width
  canvas.height = drawing.height + line * (2 + Math.ceil(named.length / columns))
  context.fillStyle = ground.back
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.font = axisFont.replace('12px', `${12 * ratio}px`)
  context.textBaseline = 'middle'
  context.fillStyle = ground.text
  context.fillText(picture.title, 10 * ratio, line * 0.7, canvas.width - 20 * ratio)
  context.drawImage(drawing, 0, line)
  for (const [index, one] of named.entries()) {
    const left = 10 * ratio + (index % columns) * (drawing.width / columns)
    const middle = drawing.height + line * (1.8 + Math.floor(index / columns))
    context.fillStyle = resolveColour(element, picture.inks.get(one.name)?.colour ?? '#888888')
    context.fillRect(left, middle - 5 * ratio, 10 * ratio, 10 * ratio)
    context.fillStyle = ground.text
    context.fillText(
      picture.names.get(one.name) ?? one.name,
      left + 16 * ratio,
      middle,
      drawing.width / columns - 30 * ratio,
    )
  }
  return canvas
}
