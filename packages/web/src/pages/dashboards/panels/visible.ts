import { type Signal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

/** Panels this far below the screen are asked for already. */
const ahead = '400px'

const heard = new WeakMap<Element, (visible: boolean) => void>()
let observer: IntersectionObserver | undefined

/** One observer for all panels: each of its own would be called for every step of scrolling. */
function sharedObserver(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) heard.get(target)?.(isIntersecting)
    },
    // The panels scroll in a box of the page, which rootMargin does not reach into.
    { rootMargin: ahead, scrollMargin: ahead } as IntersectionObserverInit,
  )
  return observer
}

/** Whether an element is on screen or about to be. */
export function useVisible(box: RefObject<Element | null>): Signal<boolean> {
  const visible = useSignal(false)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    heard.set(element, (now) => {
      visible.value = now
    })
    sharedObserver().observe(element)
    return () => sharedObserver().unobserve(element)
  }, [box, visible])
  return visible
}

/** Widths in steps of so many pixels: a scroll bar that comes and goes asks for nothing anew. */
const widthStep = 32

/** Width of an element, rounded. */
export function useWidth(box: RefObject<Element | null>): Signal<number> {
  const width = useSignal(0)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const resized = new ResizeObserver(() => {
      width.value = Math.ceil(element.clientWidth / widthStep) * widthStep
    })
    resized.observe(element)
    return () => resized.disconnect()
  }, [box, width])
  return width
}
