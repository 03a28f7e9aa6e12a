import type { RefObject } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { isWaiting, range, refreshes, scopeOf } from '../model/dashboard-state.ts'
import { fetchQuery } from '../model/fetch-query.ts'
import { PanelData } from '../model/panel-data.ts'
import { type PanelRequest, requestKey, requestOf, variablesOf } from '../model/panel-request.ts'
import type { ShownPanel } from '../model/repeat.ts'
import { useVisible, useWidth } from './visible.ts'

export interface PanelState {
  readonly data: PanelData
  /** What it would ask now; undefined while it cannot: not on screen, or variables are not known. */
  readonly request: PanelRequest | undefined
  readonly waiting: boolean
  retry(): void
}

/** Asks for the data of a panel whenever what it asks changes and it is on screen. */
export function usePanel(shown: ShownPanel, box: RefObject<Element | null>): PanelState {
  const { panel, scoped } = shown
  const data = useMemo(() => new PanelData(fetchQuery), [])
  const visible = useVisible(box)
  const width = useWidth(box)
  const names = useMemo(() => variablesOf(panel), [panel])
  const now = range.value
  const waiting = [...names].some(isWaiting)
  const ready = visible.value && width.value > 0 && now !== undefined && !waiting
  const request = ready ? requestOf(panel, now, width.value, (step) => scopeOf(now, step, scoped)) : undefined
  const asked = useRef('')
  const key = request === undefined ? '' : `${requestKey(request)} ${refreshes.value}`
  useEffect(() => {
    // Back on screen with the same question: the answer is there.
    if (request === undefined || key === asked.current) return
    asked.current = key
    void data.ask(request)
  }, [key])
  useEffect(() => () => data.cancel(), [data])
  return {
    data,
    request,
    waiting,
    retry: () => {
      if (request !== undefined) void data.ask(request)
    },
  }
}
