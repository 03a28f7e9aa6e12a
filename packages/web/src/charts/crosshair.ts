/** What hears of the time under the pointer of another chart: Unix seconds, undefined when there is none. */
export type CrosshairListener = (time: number | undefined) => void

/** Charts that show the same time under the pointer. */
export interface Crosshair {
  /** Says where the pointer is on a chart; the others hear of it once per frame of the screen. */
  point(source: object, time: number | undefined): void
  /** Hears of the pointer on other charts; answers what ends it. */
  join(source: object, listener: CrosshairListener): () => void
}

/**
 * A crosshair for a group of charts. Pointers move more often than screens draw, and a dashboard has dozens of charts: each
 * hears once per frame, outside of rendering, and moves one element.
 */
export function createCrosshair(nextFrame: (run: () => void) => unknown = requestAnimationFrame): Crosshair {
  const listeners = new Map<object, CrosshairListener>()
  let wanted: { readonly source: object; readonly time: number | undefined } | undefined
  const tell = (): void => {
    const now = wanted
    wanted = undefined
    if (now === undefined) return
    for (const [source, listener] of listeners) if (source !== now.source) listener(now.time)
  }
  return {
    point: (source, time) => {
      const scheduled = wanted !== undefined
      wanted = { source, time }
      if (!scheduled) nextFrame(tell)
    },
    join: (source, listener) => {
      listeners.set(source, listener)
      return () => listeners.delete(source)
    },
  }
}
