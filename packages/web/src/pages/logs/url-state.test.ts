import { describe, expect, it } from 'vitest'
import { defaults, type LogsState, readState, writeState } from './url-state.ts'

describe('the address of the log page', () => {
  it('is empty for the defaults', () => {
    expect(writeState(defaults)).toBe('')
    expect(readState('')).toEqual(defaults)
  })

  it('holds every part of the state and gives it back', () => {
    const state: LogsState = {
      query: '{app="a&b"} |= "100% 여름\n+x"',
      from: '2026-11-20T01:02:03.000000009Z',
      to: 'now-5m',
      columns: [
        { name: 'a,b:c', width: 140 },
        { name: 'user_id', width: 300 },
      ],
      ascending: true,
      zone: 'Asia/Seoul',
      live: true,
      at: { ts: '1763600000000000001', hash: '1abc' },
      view: 'logs',
      base: 'previous',
      chart: 'heatmap',
      scale: 'log',
      saved: '0123456789abcdef',
    }
    expect(readState(writeState(state))).toEqual(state)
    const compared: LogsState = { ...state, live: false, view: 'compare', base: 'now-3h/2026-11-20T01:00:00Z' }
    expect(readState(writeState(compared))).toEqual(compared)
    expect(readState('?view=patterns&live=1')).toEqual({ ...defaults, view: 'patterns' })
  })

  it('falls back to the default for whatever cannot be read', () => {
    const state = readState('?tz=Mars/Base&at=soon&cols=a,a,%25zz,b:wide,c:9&sort=up&live=yes')
    expect(state.zone).toBe('local')
    expect(state.at).toBeUndefined()
    expect(state.ascending).toBe(false)
    expect(state.live).toBe(false)
    expect(state.columns).toEqual([
      { name: 'a', width: 140 },
      { name: 'b', width: 140 },
      { name: 'c', width: 48 },
    ])
  })
})
