import { describe, expect, it } from 'vitest'
import { createCrosshair } from './crosshair.ts'

describe('a crosshair', () => {
  it('tells the other charts the newest time, once per frame', () => {
    const frames: (() => void)[] = []
    const crosshair = createCrosshair((run) => frames.push(run))
    const heard: Record<string, (number | undefined)[]> = { a: [], b: [], c: [] }
    const sources = { a: {}, b: {}, c: {} }
    crosshair.join(sources.a, (time) => heard.a?.push(time))
    crosshair.join(sources.b, (time) => heard.b?.push(time))
    const leave = crosshair.join(sources.c, (time) => heard.c?.push(time))
    crosshair.point(sources.a, 1)
    crosshair.point(sources.a, 2)
    crosshair.point(sources.a, 3)
    expect(frames).toHaveLength(1)
    frames.shift()?.()
    leave()
    crosshair.point(sources.a, undefined)
    frames.shift()?.()
    expect(heard).toEqual({ a: [], b: [3, undefined], c: [3] })
  })
})
